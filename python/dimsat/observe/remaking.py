"""Answers about arguments in the classes that these arguments have."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from dimsat.observe.calls import Calls
from dimsat.observe.decoding import MakeTensor, decode
from dimsat.observe.encoding import Json
from dimsat.observe.objects import Kinds, as_dict, as_object, as_sequence
from dimsat.observe.places import children

_CONTAINERS = ("dict", "tuple", "list")
_DICTS = (dict, OrderedDict, defaultdict)

Remake: TypeAlias = Callable[[Json, str], Any]
"""Makes what stands at a path."""


def shapes_of(told: Json, path: str, kinds: Kinds) -> Any:
    """Shapes in the structure that torch.export wants for values of these classes.

    What a named tuple holds stays in one; what PyTorch finds in an object, also in one
    that is a dict, such as the output of a model, is a list.
    """
    mark = next(iter(told)) if isinstance(told, dict) else None
    if mark not in _CONTAINERS:
        return decode(told)
    items = [shapes_of(child, path + end, kinds) for end, child in children(told)]
    kind = kinds.get(path)
    if mark == "dict":
        is_plain = kind is None or kind.type in _DICTS
        return dict(zip(told["dict"], items, strict=True)) if is_plain else items
    if kind is not None and hasattr(kind.type, "_fields"):
        return as_sequence(kind, items)
    return tuple(items) if mark == "tuple" else items


def value_of(told: Json, path: str, kinds: Kinds, make: MakeTensor) -> Any:
    """A value, its objects made again."""
    mark = next(iter(told)) if isinstance(told, dict) else None
    is_object = mark == "class" and not told["class"].endswith("Cache")
    if mark not in _CONTAINERS and not is_object:
        return decode(told, make)
    items = [value_of(child, path + end, kinds, make) for end, child in children(told)]
    kind = kinds.get(path)
    if is_object:
        return as_object(kind, told["class"], items)
    if mark == "dict":
        return as_dict(kind, dict(zip(told["dict"], items, strict=True)))
    return as_sequence(kind, tuple(items) if mark == "tuple" else items)


def shapes_of_all(told: Json, calls: Calls) -> Any:
    """The shapes of all arguments: a tuple by position, or a dict by name."""
    extra = [p["name"] for p in calls.signature if p.get("kind") == "VAR_KEYWORD"]

    def remake(item: Json, path: str) -> Any:
        if path in extra and isinstance(item, dict) and "dict" in item:
            return _each(item, calls, remake)
        return shapes_of(item, path, calls.kinds)

    return _each(told, calls, remake)


def values_of_all(told: Json, calls: Calls, make: MakeTensor) -> Any:
    """All arguments: a tuple by position, or a dict by name."""
    kinds = calls.kinds
    return _each(told, calls, lambda item, path: value_of(item, path, kinds, make))


def _each(told: Json, calls: Calls, remake: Remake) -> Any:
    """Each argument made again; an empty dict may be told as that of a tensor."""
    if "tuple" in told:
        positions = zip(told["tuple"], _paths(calls.signature), strict=False)
        return tuple(remake(item, path) for item, path in positions)
    return {name: remake(item, name) for name, item in told.get("dict", {}).items()}


def _paths(signature: Sequence[Json]) -> Iterator[str]:
    """Where positional arguments stand, without end: those behind are of ``*args``."""
    rest = ""
    for parameter in signature:
        if parameter.get("kind") == "VAR_POSITIONAL":
            rest = parameter["name"]
            break
        yield parameter["name"]
    number = 0
    while True:
        yield f"{rest}[{number}]"
        number += 1
