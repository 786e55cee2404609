"""Models, capabilities, virtual models, and the health of CoreX and its providers."""

from __future__ import annotations

from typing import Any

from .call import Call, Json, Refused
from .models import CREATED, Model, VirtualModel
from .world import Routes, World

_FILTERS = ("supports_vision", "supports_tools", "supports_reasoning")
_NOW = "2025-01-01T00:00:00Z"


def _models(world: World, call: Call) -> Json:
    cards = [_card(model) for model in world.models.values()]
    virtual = [_virtual_card(model) for model in world.virtual_models.values()]
    return {"object": "list", "data": cards + virtual}


def _model(world: World, call: Call) -> Json:
    (name,) = call.ids
    if name in world.virtual_models:
        return _virtual_card(world.virtual_models[name])
    return _card(_known(world, name))


def _delete_model(world: World, call: Call) -> Json:
    (name,) = call.ids
    del world.models[_known(world, name).id]
    return {"id": name, "object": "model", "deleted": True}


def _known(world: World, name: str) -> Model:
    if name not in world.models:
        raise Refused(404, f"The model '{name}' does not exist.", param="model", code="model_not_found")
    return world.models[name]


def _card(model: Model) -> Json:
    return {
        "id": model.id,
        "object": "model",
        "created": CREATED,
        "owned_by": model.provider,
        "description": f"{model.id} behind the fake CoreX",
        "metadata": {"band": model.band},
    }


def _virtual_card(virtual: VirtualModel) -> Json:
    return {"id": virtual.id, "object": "model", "created": CREATED, "owned_by": "zaguanai"}


def _capabilities(world: World, call: Call) -> Json | list[Any]:
    found = [model for model in world.models.values() if call.query.get("provider") in (None, model.provider)]
    rows = {model.id: _abilities(model) for model in found}
    for name in _FILTERS:
        wanted = call.query.get(name)
        if wanted not in (None, "true", "false"):
            raise Refused(400, f"Invalid '{name}': expected true or false.", param=name, code="invalid_value")
        if wanted is not None:
            rows = {id: row for id, row in rows.items() if row[name] is (wanted == "true")}
    if world.dialect == "go":
        return {"capabilities": {id: {**row, **_more_abilities(world.models[id])} for id, row in rows.items()}}
    listed = [{"model_id": id, **row} for id, row in rows.items()]
    if world.dialect == "python":
        return listed
    heard = [{**row, "supports_audio_in": world.models[row["model_id"]].audio} for row in listed]
    return {"models": [{**row, "supports_audio_out": row["supports_audio_in"]} for row in heard]}


def _abilities(model: Model) -> Json:
    return {
        "supports_vision": model.vision,
        "supports_tools": model.tools,
        "supports_reasoning": model.thinks != "never",
        "max_context_tokens": model.context_tokens,
        "provider_specific": {"band": model.band},
    }


def _more_abilities(model: Model) -> Json:
    return {
        "provider": model.provider,
        "supports_audio_input": model.audio,
        "supports_audio_output": model.audio,
        "supports_streaming": True,
        "supports_system_messages": True,
        "max_output_tokens": model.output_tokens,
        "input_cost_per_1m": 0.15,
        "output_cost_per_1m": 0.6,
        "reasoning_cost_per_1m": 0.6,
        "features": ["streaming"],
        "modalities": ["text", *(["image"] if model.vision else []), *(["audio"] if model.audio else [])],
    }


def _virtual_models(world: World, call: Call) -> Json:
    return {"object": "list", "data": [_virtual(model) for model in world.virtual_models.values()]}


def _virtual_model(world: World, call: Call) -> Json:
    (name,) = call.ids
    if name not in world.virtual_models:
        raise Refused(404, f"The virtual model '{name}' does not exist.", code="virtual_model_not_found")
    return _virtual(world.virtual_models[name])


def _virtual(virtual: VirtualModel) -> Json:
    targets = [{"model": target, "priority": place} for place, target in enumerate(virtual.targets, start=1)]
    return {
        "id": virtual.id,
        "object": "virtual_model",
        "created": CREATED,
        "strategy": virtual.strategy,
        "targets": targets,
    }


def _providers(world: World, call: Call) -> Json:
    status = {
        name: {"status": "unavailable" if name in world.down else "available", "last_checked": _NOW}
        for name in _provider_names(world)
    }
    return {"providers": status}


def _breakers(world: World, call: Call) -> Json:
    breakers = {
        name: {"state": "open" if name in world.down else "closed", "failures": 5 if name in world.down else 0}
        for name in _provider_names(world)
    }
    return {"circuit_breakers": breakers}


def _provider_names(world: World) -> list[str]:
    return sorted({model.provider for model in world.models.values()})


def _health(world: World, call: Call) -> Json:
    return {"status": "degraded" if world.down else "ok", "timestamp": _NOW, "version": "fake"}


ROUTES: Routes = {
    ("GET", "/health"): _health,
    ("GET", "/v1/models"): _models,
    ("GET", "/v1/models/{}"): _model,
    ("DELETE", "/v1/models/{}"): _delete_model,
    ("GET", "/v1/capabilities"): _capabilities,
    ("GET", "/v1/virtual-models"): _virtual_models,
    ("GET", "/v1/virtual-models/{}"): _virtual_model,
    ("GET", "/v1/providers/status"): _providers,
    ("GET", "/v1/circuit-breaker/status"): _breakers,
}
