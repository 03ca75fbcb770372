"""Names of a package that import PyTorch when they are first used, not before."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def lazy(
    package: str, home: Mapping[str, str], subject: Callable[[str], str]
) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package.

    Args:
        package: its ``__name__``.
        home: the module below it that has each name.
        subject: what the error says needs PyTorch, given the name.

    >>> find = lazy("dimsat", {"Fix": "result"}, str)
    >>> find("Fix").__name__
    'Fix'
    """

    def attribute(name: str) -> Any:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            module = importlib.import_module(f"{package}.{home[name]}")
        except ModuleNotFoundError as error:
            if error.name != "torch":
                raise
            raise ModuleNotFoundError(
                f"{subject(name)} needs PyTorch: pip install torch", name="torch"
            ) from None
        return getattr(module, name)

    return attribute
