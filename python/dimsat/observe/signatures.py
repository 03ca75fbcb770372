"""What a model takes, each of ``**kwargs`` as a parameter of its own."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch

from dimsat.observe.encoding import Json


@contextlib.contextmanager
def explicit(
    model: torch.nn.Module, method_name: str, signature: Sequence[Json]
) -> Iterator[None]:
    """The model with that method for ``forward``, which has that signature.

    Arguments that calls gave by ``**kwargs`` are parameters of it.
    """
    method, before = getattr(model, method_name), vars(model).get("forward")
    names = [parameter["name"] for parameter in signature]
    wanted = explicit_signature(method, names)
    if inspect.signature(method) == wanted and method_name == "forward":
        yield
        return

    def put_back() -> None:
        if before is None:
            vars(model).pop("forward", None)
        else:
            model.forward = before

    @functools.wraps(method)
    def stand_in(*args: Any, **kwargs: Any) -> Any:
        if method_name == "forward":
            return method(*args, **kwargs)
        put_back()  # the method may call it
        try:
            return method(*args, **kwargs)
        finally:
            model.forward = stand_in

    stand_in.__signature__ = wanted  # type: ignore[attr-defined]
    model.forward = stand_in
    try:
        yield
    finally:
        put_back()


def taking(model: torch.nn.Module, names: Iterable[str]) -> Callable[..., Any]:
    """A function of the parameters that the model has, each of `**kwargs` by name."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return model(*args, **kwargs)

    call.__signature__ = explicit_signature(  # type: ignore[attr-defined]
        model.forward, names
    )
    return call


def explicit_signature(method: Any, names: Iterable[str]) -> inspect.Signature:
    """The signature with parameters of their own for `names` that ``**kwargs`` takes.

    >>> explicit_signature(lambda x, **more: None, ["mask"])
    <Signature (x, *, mask=None)>
    """
    taken = inspect.signature(method).parameters.values()
    own = {p.name: p for p in taken if p.kind != p.VAR_KEYWORD}
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None)
        for name in names
        if name not in own
    ]
    return inspect.Signature([*own.values(), *more])
