"""Replaces a method of an object for a while."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

Note: TypeAlias = Callable[[tuple[Any, ...], dict[str, Any]], Callable[[], None]]
"""Is told the arguments before a call, and gives what to do once it has returned."""

_MARK = "_dimsat_theft"
_ABSENT = object()


@contextlib.contextmanager
def stolen(model: Any, method_name: str, note: Note) -> Iterator[None]:
    """Tells `note` of each call of a method inside the block.

    The method keeps its signature, and comes back however the block ends, in whatever
    order nested blocks do.

    Raises ValueError where the object has no such method, or no place for another.

    >>> class Model:
    ...     def forward(self, x):
    ...         return x + 1
    >>> model, seen = Model(), []
    >>> with stolen(model, "forward", lambda args, _: lambda: seen.append(args)):
    ...     model.forward(1)
    2
    >>> seen, vars(model)
    ([(1,)], {})
    """
    method = getattr(model, method_name, None)
    if method is None:
        raise ValueError(f"{type(model).__name__} has no method {method_name!r}")
    if not hasattr(model, "__dict__"):
        raise ValueError(
            f"{type(model).__name__} has no place for another {method_name}: its class"
            " has __slots__; observe what calls it"
        )
    theft = _Theft(model, method_name)

    @functools.wraps(method)
    def observed(*args: Any, **kwargs: Any) -> Any:
        if not theft.active:
            return method(*args, **kwargs)
        keep = note(args, kwargs)
        result = method(*args, **kwargs)
        keep()
        return result

    observed.__signature__ = inspect.signature(method)  # type: ignore[attr-defined]
    setattr(observed, _MARK, theft)
    setattr(model, method_name, observed)
    try:
        yield
    finally:
        theft.end()


class _Theft:
    """What stood in the object's own attribute before."""

    def __init__(self, model: Any, name: str) -> None:
        self.active = True
        self._model = model
        self._name = name
        self._before = vars(model).get(name, _ABSENT)

    def end(self) -> None:
        """Puts back what was there; below a theft that goes on, once that ends."""
        self.active = False
        theft: _Theft | None = self._on_top()
        while theft is not None and not theft.active:
            theft._put_back()
            theft = self._on_top()

    def _on_top(self) -> _Theft | None:
        return getattr(vars(self._model).get(self._name), _MARK, None)

    def _put_back(self) -> None:
        if self._before is _ABSENT:
            delattr(self._model, self._name)
        else:
            setattr(self._model, self._name, self._before)
