"""One measurement, in the rival's own interpreter: `python child.py '<json>'` prints its numbers as the last line.

The JSON names the probe, the adapter, the base URL and the probe's options. Refuses to tidy up after the answer, except
where exiting is the question: closing 1,000 streams is not what is being timed.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import os
import sys
from typing import Any

import probes


def answer(figures: probes.Numbers, leave: bool) -> None:
    print(json.dumps(figures), flush=True)
    if not leave:
        os._exit(0)


async def inside_loop(task: dict[str, Any], measure: Any, adapter: Any) -> None:
    answer(await measure(adapter, task["base"], **task["options"]), task["probe"] == "leave")


def main() -> None:
    task = json.loads(sys.argv[1])
    name, _, wire = task["adapter"].partition(":")
    adapter: Any = importlib.import_module(f"adapters.{name}")
    if wire:
        adapter = adapter.speaking(wire)
    measure = getattr(probes, task["probe"])
    if inspect.iscoroutinefunction(measure):
        asyncio.run(inside_loop(task, measure, adapter))
    else:
        answer(measure(adapter, task["base"], **task["options"]), leave=False)


if __name__ == "__main__":
    main()
