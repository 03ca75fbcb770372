"""Does something as soon as a module has been imported, by whomever."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


@contextlib.contextmanager
def when_imported(name: str, action: Callable[[], None]) -> Iterator[None]:
    """Calls `action` once: now if module `name` is there, else after its import.

    A module that is not imported inside the block is no longer waited for.
    """
    if name in sys.modules:
        action()
        yield
        return
    watcher = _Watcher(name, action)
    sys.meta_path.insert(0, watcher)
    try:
        yield
    finally:
        watcher.leave()


class _Watcher(MetaPathFinder):
    """Finds one module as the finders after it do, with a loader that tells."""

    def __init__(self, name: str, action: Callable[[], None]) -> None:
        self._name = name
        self._action = action

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        self.leave()
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _TellingLoader(spec.loader, self._action)
        return spec

    def leave(self) -> None:
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(self)


class _TellingLoader(Loader):
    """Loads a module with its own loader, then calls `action`."""

    def __init__(self, loader: Loader, action: Callable[[], None]) -> None:
        self._loader = loader
        self._action = action

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        # Importing ends with this; the action may already need it.
        package, _, name = module.__name__.rpartition(".")
        if package:
            setattr(sys.modules[package], name, module)
        self._action()
