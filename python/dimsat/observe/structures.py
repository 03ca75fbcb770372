"""How the structure of an argument differs from that of a program; needs no PyTorch."""

from __future__ import annotations

from collections.abc import Iterator

from dimsat.observe.encoding import Json
from dimsat.observe.findings import counted
from dimsat.observe.places import children, container


def unlike_structures(given: Json, taken: Json, path: str) -> Iterator[str]:
    """Containers and ranks of an argument that a program has otherwise.

    What is None is left out, as is a cache with nothing in it.

    >>> def tensor(*shape):
    ...     return {"tensor": {"dtype": "float32", "shape": [*shape]}}
    >>> two = {"list": [tensor(3), tensor(3)]}
    >>> list(unlike_structures({"list": [tensor(3)]}, two, "x"))
    ['x is a list of 1; for this program it is a list of 2']
    >>> list(unlike_structures({"list": [tensor(5), tensor(3, 1)]}, two, "x"))
    ['x[1] has 2 axes; the program takes 1']
    """
    if _is_open(given) or _is_open(taken):
        return
    here, there = _worded(given), _worded(taken)
    if here != there:
        yield f"{path} is {here}; for this program it is {there}"
    elif not isinstance(given, dict):
        return
    elif "tensor" in given:
        had, takes = (len(value["tensor"]["shape"]) for value in (given, taken))
        if had != takes:
            axes = counted(had, "axis", "axes")
            yield f"{path} has {axes}; the program takes {takes}"
    else:
        others = dict(children(taken))
        for end, child in children(given):
            yield from unlike_structures(child, others.get(end), path + end)


def _is_open(value: Json) -> bool:
    """Whether other rules say if the program takes that: of constants and caches."""
    if not isinstance(value, dict):
        return type(value) is not int
    return value.get("class", "").endswith("Cache") and not value["items"]


def _worded(value: Json) -> str:
    """What a value is, but for sizes: ``a list of 2``."""
    if not isinstance(value, dict):
        return "a whole number"
    if "tensor" in value:
        return "a tensor"
    if "dict" in value:
        return f"a dict of {', '.join(map(repr, sorted(value['dict']))) or 'nothing'}"
    key = container(value)
    return f"a {value.get('class', key)} of {len(value[key])}"
