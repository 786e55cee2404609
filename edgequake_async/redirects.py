"""Where a call goes instead of where its model string says: the model behind an alias (``model_alias_map``), a litellm
proxy for whatever model (``use_litellm_proxy``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import config

__all__ = ["PROXY", "asked_model", "goes_to_proxy"]

# The provider whose servers know every model by its whole model string.
PROXY = "litellm_proxy"


def asked_model(params: Mapping[str, Any]) -> Any:
    """The model string of a call, or the one that ``model_alias_map`` has for it."""
    model = params["model"]
    if not config.is_rerouting() or not isinstance(model, str):
        return model
    return (config.get("model_alias_map") or {}).get(model, model)


def goes_to_proxy(params: Mapping[str, Any]) -> bool:
    """Whether a call goes to the proxy: its own word, else the setting's."""
    wanted = params.get("use_litellm_proxy")
    if wanted is None:
        return config.is_rerouting() and bool(config.get("use_litellm_proxy"))
    return bool(wanted)
