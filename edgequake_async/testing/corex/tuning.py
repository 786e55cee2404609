"""Fine-tuning jobs of the fake CoreX, in OpenAI's shapes.

A job goes one step further with each GET: validating files, running, succeeded; then its model answers.
"""

from __future__ import annotations

from dataclasses import replace

from ..fields import given, needed
from .call import Call, Json, Refused
from .world import Routes, World

_OPEN = ("validating_files", "running")


def _create(world: World, call: Call) -> Json:
    body = call.document()
    model = world.find(call, body)
    file = needed(body, "training_file", str)
    world.shelf("file-").get(file)
    world.charge(call)
    job = world.shelf("ftjob-").add(
        object="fine_tuning.job",
        model=body["model"],
        training_file=file,
        validation_file=given(body, "validation_file", str),
        hyperparameters=given(body, "hyperparameters", dict, default={"n_epochs": "auto"}),
        method=given(body, "method", dict),
        metadata=given(body, "metadata", dict),
        seed=given(body, "seed", int, default=1),
        integrations=given(body, "integrations", list, default=[]),
        organization_id="org-fake",
        status="validating_files",
        fine_tuned_model=None,
        finished_at=None,
        trained_tokens=None,
        result_files=[],
        error=None,
        estimated_finish=None,
    )
    suffix = given(body, "suffix", str, default="fake")
    world.kept[job["id"]] = replace(model, id=f"{model.provider}/ft:{model.id.rpartition('/')[2]}:{suffix}:{job['id']}")
    _note(world, job, "Created fine-tuning job.")
    return job


def _list(world: World, call: Call) -> Json:
    return world.shelf("ftjob-").page(call.query)


def _get(world: World, call: Call) -> Json:
    job = world.shelf("ftjob-").get(call.ids[0])
    if job["status"] == "validating_files":
        job["status"] = "running"
        _note(world, job, "Fine-tuning job started.")
    elif job["status"] == "running":
        tuned = world.kept[job["id"]]
        world.models[tuned.id] = tuned
        file = world.shelf("file-").get(job["training_file"])
        job.update(
            status="succeeded",
            fine_tuned_model=tuned.id,
            finished_at=job["created_at"] + 2,
            trained_tokens=file["bytes"] // 4,
        )
        _note(world, job, "The job has successfully completed.")
    return job


def _cancel(world: World, call: Call) -> Json:
    job = world.shelf("ftjob-").get(call.ids[0])
    if job["status"] not in _OPEN:
        raise Refused(400, f"The job is {job['status']} and cannot be cancelled.", code="job_finished")
    job.update(status="cancelled", finished_at=job["created_at"] + 1)
    _note(world, job, "The job was cancelled.")
    return job


def _events(world: World, call: Call) -> Json:
    job = world.shelf("ftjob-").get(call.ids[0])
    return world.shelf(f"ftevent-{job['id']}-").page(call.query)


def _note(world: World, job: Json, message: str) -> None:
    world.shelf(f"ftevent-{job['id']}-").add(
        object="fine_tuning.job.event", level="info", message=message, type="message", data=None
    )


ROUTES: Routes = {
    ("POST", "/v1/fine_tuning/jobs"): _create,
    ("GET", "/v1/fine_tuning/jobs"): _list,
    ("GET", "/v1/fine_tuning/jobs/{}"): _get,
    ("POST", "/v1/fine_tuning/jobs/{}/cancel"): _cancel,
    ("GET", "/v1/fine_tuning/jobs/{}/events"): _events,
}
