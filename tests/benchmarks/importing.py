"""What importing a module costs: `python importing.py '{"module": ...}'` prints its numbers as the last line.

Its own file because asyncio, json and the rest must not be loaded already: a rival that needs them pays for them.
"""

from __future__ import annotations

import os
import sys
import time


def main(module: str) -> dict[str, float]:
    modules = len(sys.modules)
    start = time.perf_counter()
    __import__(module)
    wall = time.perf_counter() - start
    modules = len(sys.modules) - modules
    descriptors = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    sockets = sum(os.path.islink(path) and os.readlink(path).startswith("socket:") for path in descriptors)
    return {
        "ms": wall * 1e3,
        "modules": modules,
        "threads": len(os.listdir("/proc/self/task")) - 1,
        "sockets": sockets,
    }


if __name__ == "__main__":
    figures = main(sys.argv[1].partition('"module": "')[2].partition('"')[0])
    print(str(figures).replace("'", '"'), flush=True)
    os._exit(0)
