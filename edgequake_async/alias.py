"""The package under litellm's name, for programs and libraries that say ``import litellm``.

    import edgequake_async

    edgequake_async.install_as_litellm()  # or sys.modules["litellm"] = edgequake_async

From then on ``import litellm`` and ``from litellm.types.utils import ModelResponse`` give this package's own modules
and classes, the same objects (``is``) as under its own name, whether litellm is installed or not. Only an alias that is
in ``sys.modules`` is followed: a program that never asks for it keeps its litellm, if it has one.

Programs look at ``cls.__module__`` to tell litellm's classes from others, and unpickle by it: under the alias, response
types say ``litellm.types.utils`` and errors ``litellm.exceptions``.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from importlib.abc import Loader

__all__ = ["follow", "install_as_litellm", "is_active", "rename", "run"]

_ALIAS = "litellm"
_PACKAGE = __name__.partition(".")[0]
# Whose public classes say which module under the alias.
_HOMES = {
    "exceptions": f"{_ALIAS}.exceptions",
    "streaming": f"{_ALIAS}.litellm_core_utils.streaming_handler",
    "types": f"{_ALIAS}.types.utils",
}

_not_renamed = dict(_HOMES)


def install_as_litellm() -> None:
    """Make ``litellm`` mean this package, in this process.

    Raises:
        RuntimeError: litellm itself has been imported already, so that its classes are in use.
    """
    there = sys.modules.get(_ALIAS)
    if there is not None and there is not sys.modules[_PACKAGE]:
        origin = getattr(there, "__file__", None)
        # The shim distribution's own module, while it is being imported, asks to be replaced.
        if not getattr(there, "__edgequake_shim__", False):
            raise RuntimeError(f"litellm is imported already ({origin}); install the alias before it")
    sys.modules[_ALIAS] = sys.modules[_PACKAGE]
    rename()


def is_active() -> bool:
    """Whether ``litellm`` means this package."""
    return sys.modules.get(_ALIAS) is sys.modules[_PACKAGE]


def rename() -> None:
    """Under the alias, give the public classes that are loaded litellm's module names.

    Called before each call of a model and whenever a name is fetched, for nobody tells when the alias is made; 0.1 us
    where nothing is to do.
    """
    if not _not_renamed or not is_active():
        return
    for name, home in list(_not_renamed.items()):
        module = sys.modules.get(f"{_PACKAGE}.{name}")
        # A module that is being imported has its classes renamed by the next call.
        if module is None or getattr(module.__spec__, "_initializing", False):
            continue
        for public in module.__all__:
            cls = getattr(module, public)
            if isinstance(cls, type) and cls.__module__.startswith(_PACKAGE):
                cls.__module__ = home
        _not_renamed.pop(name, None)


class _SameModule:
    """A loader that hands out a module that is imported already, and leaves it as it is."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._spec = module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        # The import system has put the alias's spec there.
        module.__spec__ = self._spec


class _Finder:
    """Finds ``litellm.x`` as this package's ``x``.

    Without it the import system would find the files through the package's ``__path__`` and run them once more: two
    classes of each name.
    """

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        if not name.startswith(f"{_ALIAS}.") or not is_active():
            return None
        own = _PACKAGE + name.removeprefix(_ALIAS)
        try:
            module = importlib.import_module(own)
        except ModuleNotFoundError as error:
            if error.name is None or not own.startswith(error.name):
                raise
            return None
        rename()
        loader = cast("Loader", _SameModule(module))
        spec = ModuleSpec(name, loader, origin=getattr(module, "__file__", None))
        spec.submodule_search_locations = getattr(module, "__path__", None)
        return spec


def follow() -> None:
    """Let imports below the alias find this package's modules. Done when the package is imported."""
    if not any(finder is _Finder for finder in sys.meta_path):
        # Before the finder of files.
        sys.meta_path.insert(0, _Finder)


def run(arguments: Sequence[str]) -> None:
    """Run a script, or with ``-m`` a module, that imports litellm: ``python -m edgequake_async run script.py ...``.

    Raises:
        SystemExit: no script is named, or the script ends in one.
    """
    import runpy

    script, *others = _taken(arguments)
    install_as_litellm()
    if script == "-m":
        sys.argv = [others[0], *others[1:]]
        runpy.run_module(others[0], run_name="__main__", alter_sys=True)
    else:
        import os

        sys.argv = [script, *others]
        sys.path[0] = os.path.dirname(os.path.abspath(script))
        runpy.run_path(script, run_name="__main__")


def _taken(arguments: Sequence[str]) -> Iterator[str]:
    if not arguments or (arguments[0] == "-m" and len(arguments) < 2):
        raise SystemExit("usage: python -m edgequake_async run [-m MODULE | SCRIPT] [ARGUMENTS ...]")
    return iter(arguments)
