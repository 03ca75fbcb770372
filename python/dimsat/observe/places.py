"""Where sizes stand in recorded calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from dimsat.observe.encoding import Json

Place: TypeAlias = tuple[str, int | None]
"""An argument and an axis of it, as `findings.Axis` has them; None: a whole number."""

BY_POSITION = ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD")


def column(place: Place) -> str:
    """What relations call a place.

    >>> column(("x", 1)), column(("k", None))
    ('x[1]', 'k')
    """
    argument, axis = place
    return argument if axis is None else f"{argument}[{axis}]"


def unrolled(recording: Mapping[str, Any]) -> dict[str, Any]:
    """The same recording with each of its ``**kwargs`` as a parameter of its own.

    PyTorch exports no spec for what came by ``**kwargs``.

    >>> told = {"signature": [{"name": "kw", "kind": "VAR_KEYWORD"}]}
    >>> told["observations"] = [{"kwargs": {"mask": 1}}]
    >>> unrolled(told)["signature"]
    [{'name': 'mask', 'kind': 'KEYWORD_ONLY', 'default': None}]
    """
    signature = list(recording["signature"])
    if not signature or signature[-1].get("kind") != "VAR_KEYWORD":
        return dict(recording)
    signature.pop()
    named = {p["name"] for p in signature if p.get("kind") != "POSITIONAL_ONLY"}
    calls = recording["observations"]
    extra = dict.fromkeys(
        name for call in calls for name in call.get("kwargs", ()) if name not in named
    )
    signature += [
        {"name": name, "kind": "KEYWORD_ONLY", "default": None} for name in extra
    ]
    return {**recording, "signature": signature}


def plain(recording: Mapping[str, Any]) -> dict[str, Any]:
    """The same recording with options that any reader understands.

    An observer numbers the tensors of its options, so that it can give them back.

    >>> tensor = {"tensor": {"dtype": "int64#0", "shape": [2]}}
    >>> plain({"options": {"value_if_missing": {"mask": tensor}}})["options"]
    {'value_if_missing': {'mask': {'tensor': {'dtype': 'int64', 'shape': [2]}}}}
    """
    if not isinstance(recording.get("options"), dict):
        return dict(recording)
    return {**recording, "options": _plain(recording["options"])}


def _plain(value: Json) -> Json:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "tensor" not in value:
        return {key: _plain(item) for key, item in value.items()}
    dtype = value["tensor"]["dtype"].partition("#")[0]
    return {"tensor": {**value["tensor"], "dtype": dtype}}


def bound(signature: Sequence[Json], call: Json) -> Iterator[tuple[str, Json]]:
    """Parameters and what a call gives them, defaults left out.

    >>> signature = [{"name": "x"}, {"name": "rest", "kind": "VAR_KEYWORD"}]
    >>> list(bound(signature, {"args": [1], "kwargs": {"k": 2}}))
    [('x', 1), ('rest', {'dict': {'k': 2}})]
    """
    args, kwargs = list(call.get("args", ())), dict(call.get("kwargs", {}))
    for parameter in signature:
        name, kind = parameter["name"], parameter.get("kind", BY_POSITION[1])
        if kind == "VAR_POSITIONAL":
            if args:
                yield name, {"tuple": args}
            args = []
        elif kind == "VAR_KEYWORD":
            if kwargs:
                yield name, {"dict": kwargs}
        elif kind in BY_POSITION and args:
            yield name, args.pop(0)
        elif name in kwargs:
            yield name, kwargs.pop(name)


def path_of_number(source: str) -> str:
    """The path of a whole number, which stands in no class.

    >>> path_of_number("L['d']['k']")
    "d['k']"
    """
    name, _, rest = source.removeprefix("L['").partition("']")
    return name + rest


def sizes_of(signature: Sequence[Json], call: Json) -> dict[Place, int]:
    """All sizes and whole numbers of a call.

    >>> tensor = {"tensor": {"dtype": "int64", "shape": [2, 5]}}
    >>> sizes_of([{"name": "x"}], {"args": [{"list": [tensor]}]})
    {('x[0]', 0): 2, ('x[0]', 1): 5}
    """
    found: dict[Place, int] = {}
    for name, value in bound(signature, call):
        for path, leaf in leaves(value, name):
            if type(leaf) is int:
                found[path, None] = leaf
            elif isinstance(leaf, dict):
                shape = leaf["tensor"]["shape"]
                found.update(((path, axis), size) for axis, size in enumerate(shape))
    return found


def leaves(value: Json, path: str) -> Iterator[tuple[str, Json]]:
    """Tensors, scalars and None within a value, each with its path."""
    if not isinstance(value, dict) or "tensor" in value:
        yield path, value
        return
    for end, child in children(value):
        yield from leaves(child, path + end)


def children(value: Json) -> Iterator[tuple[str, Json]]:
    """What a container holds, and how paths go on into it.

    >>> list(children({"class": "DynamicCache", "items": [None, None]}))
    [('.key_0', None), ('.value_0', None)]
    """
    if "dict" in value:
        yield from ((_subscript(key), item) for key, item in value["dict"].items())
        return
    items = value[container(value)]
    yield from zip(_item_names(value, items), items, strict=True)
    state = value.get("state")
    if "class" in value and isinstance(state, dict):
        yield from ((f".{name}", item) for name, item in state["dict"].items())


def container(value: Json) -> str:
    """Under which key the items of a list, a tuple or an object stand."""
    return next(key for key in ("list", "tuple", "items") if key in value)


def _subscript(key: str) -> str:
    """``['key']`` as Python writes it."""
    escaped = key.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


def _item_names(value: Json, items: Sequence[Json]) -> list[str]:
    if not value.get("class", "").endswith("Cache"):
        return [f"[{n}]" for n in range(len(items))]
    if any(isinstance(item, dict) and "class" in item for item in items):
        return [".self_attention_cache", ".cross_attention_cache"][: len(items)]
    return [f".{'value' if n % 2 else 'key'}_{n // 2}" for n in range(len(items))]
