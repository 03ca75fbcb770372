"""Classes of arguments that JSON does not tell, by where they stood.

A dict of another class, an object that PyTorch was told to take apart: an export needs
them as what they were.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

_PLAIN = (dict, list, tuple)


@dataclass(frozen=True)
class Kind:
    """Of what class an object was.

    Attributes:
        type: the class.
        context: what PyTorch told of it beside its children.
    """

    type: type
    context: Any = None


Kinds: TypeAlias = dict[str, Kind]
"""Classes by path: ``encoder_outputs``, ``d['a'][1]``."""


def kinds_in(value: Any, path: str) -> Iterator[tuple[str, Kind]]:
    """The classes of a value and of what it holds; caches and tensors are known.

    >>> class Options(dict):
    ...     pass
    >>> dict(kinds_in([Options(x=1), None], "a"))
    {'a[0]': Kind(type=<class 'dimsat.observe.objects.Options'>, context=None)}
    """
    if isinstance(value, Mapping):
        if type(value) is not dict:
            yield path, Kind(type(value))
        for key, item in value.items():
            yield from kinds_in(item, f"{path}['{key}']")
    elif isinstance(value, (list, tuple)):
        if type(value) not in _PLAIN:
            yield path, Kind(type(value))
        for number, item in enumerate(value):
            yield from kinds_in(item, f"{path}[{number}]")
    elif (node := _node(type(value))) and not type(value).__name__.endswith("Cache"):
        held, context = node.flatten_fn(value)[:2]
        yield path, Kind(type(value), context)
        for number, item in enumerate(held):
            yield from kinds_in(item, f"{path}[{number}]")


def _node(kind: type) -> Any:
    """How PyTorch takes objects of a class apart; None where it does not."""
    pytree = sys.modules.get("torch.utils._pytree")
    return None if pytree is None else pytree.SUPPORTED_NODES.get(kind)


def as_dict(kind: Kind | None, items: dict[str, Any]) -> Any:
    """A dict of its class again."""
    if kind is None:
        return items
    try:
        return kind.type(**items)
    except TypeError:
        return kind.type(items)


def as_sequence(kind: Kind | None, items: list[Any] | tuple[Any, ...]) -> Any:
    """A list or tuple of its class again."""
    if kind is None:
        return items
    if hasattr(kind.type, "_fields"):
        return kind.type(*items)
    return kind.type(items)


def as_object(kind: Kind | None, name: str, items: Sequence[Any]) -> Any:
    """An object again, from what PyTorch finds in it.

    Raises TypeError where that is not known.
    """
    node = None if kind is None else _node(kind.type)
    if kind is None or node is None:
        raise TypeError(
            f"an object of class {name} cannot be made from its shapes: record it"
            " in this process, after torch.export.register_dataclass was told of it"
        )
    return node.unflatten_fn(list(items), kind.context)


# ---- JSON ------------------------------------------------------------------------


def to_json(kinds: Kinds) -> dict[str, Any]:
    """Those that another process can find again."""
    told = {}
    for path, kind in kinds.items():
        name = f"{kind.type.__module__}:{kind.type.__qualname__}"
        entry = {"class": name, "context": kind.context}
        try:
            json.dumps(entry)
        except (TypeError, ValueError):
            continue
        told[path] = entry
    return told


def of_json(told: Any) -> Kinds:
    """What `to_json` gave, without classes of modules that nobody has imported.

    A file may come from anywhere, and what it names is called with what it holds: so
    only containers count, and what PyTorch takes apart.

    >>> of_json({"x": {"class": "collections:OrderedDict", "context": None}})
    {'x': Kind(type=<class 'collections.OrderedDict'>, context=None)}
    >>> of_json({"x": {"class": "subprocess:Popen", "context": None}})
    {}
    """
    kinds: Kinds = {}
    for path, entry in told.items() if isinstance(told, Mapping) else ():
        home, _, name = entry["class"].partition(":")
        found: Any = sys.modules.get(home)
        if found is None and home.partition(".")[0] == "transformers":
            with contextlib.suppress(ImportError):
                found = importlib.import_module(home)
        for part in name.split("."):
            found = getattr(found, part, None)
        if isinstance(found, type) and (issubclass(found, _PLAIN) or _node(found)):
            kinds[path] = Kind(found, entry["context"])
    return kinds
