"""Which recorded calls one program can take; needs no PyTorch.

A program has one structure, and calls often differ in theirs: the prompt comes with
pixels and the next tokens without, a mask is there in some calls only, a flag is set
once.  The library puts calls into groups, one for each program; docs/observe.md says by
which rules.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dimsat.observe.encoding import Json
from dimsat.observe.places import BY_POSITION, bound, leaves

NOT_GIVEN = "not given"

_KEPT = (bool, float, str)


@dataclass(frozen=True)
class Plan:
    """Calls that one program can take.

    Attributes:
        number: what to give `export` as ``plan``; 0 has the most arguments.
        calls: counted from 0, in order.
        arguments: what differs between plans, and what it is in this one:
            ``"given"``, ``"not given"``, ``"True"``, ``"float32 with 3 axes"``.
        empty: by argument, calls whose cache was absent or empty; the program takes
            them with one of length 0, or of zeros where its length is fixed.
        filled: by argument, calls that lacked it; the program takes them with
            ``value_if_missing`` in the sizes that it demands.

    >>> print(Plan(1, (0, 2), {"mask": "not given", "flag": "True"}, {}, {}))
    calls 0, 2 (mask not given; flag True)
    """

    number: int
    calls: tuple[int, ...]
    arguments: Mapping[str, str]
    empty: Mapping[str, tuple[int, ...]]
    filled: Mapping[str, tuple[int, ...]]

    def __str__(self) -> str:
        differs = "; ".join(f"{name} {state}" for name, state in self.arguments.items())
        return (
            f"{_counted(self.calls)} ({differs})" if differs else _counted(self.calls)
        )

    @property
    def how(self) -> tuple[str, ...]:
        """What to give the program besides what was recorded, as sentences."""
        hollow = (
            f"{_counted(calls)}: the program takes an empty {name}, of length 0 or,"
            " where its length is fixed, of zeros"
            for name, calls in self.empty.items()
        )
        filled = (
            f"{_counted(calls)}: the program takes {name} as value_if_missing says, in"
            " the sizes that it demands"
            for name, calls in self.filled.items()
        )
        return (*hollow, *filled)

    def unlike(self, other: Plan) -> tuple[str, ...]:
        """Why a program of this plan does not take calls of another one."""
        return tuple(
            f"{name} is {state}; for this program it is {self.arguments[name]}"
            for name, state in other.arguments.items()
            if self.arguments.get(name, state) != state
        )

    def varies(self, other: Plan) -> set[str]:
        """The arguments in which both have something else."""
        return {
            re.split(r"[.\[]", name, maxsplit=1)[0]
            for name, state in other.arguments.items()
            if self.arguments.get(name, state) != state
        }


def _counted(calls: Sequence[int]) -> str:
    """``call 1``, ``calls 0, 2``, ``calls 1 to 9``."""
    if len(calls) == 1:
        return f"call {calls[0]}"
    if len(calls) > 2 and calls[-1] - calls[0] + 1 == len(calls):
        return f"calls {calls[0]} to {calls[-1]}"
    shown = [str(call) for call in calls[:8]] + ["..."] * (len(calls) > 8)
    return f"calls {', '.join(shown)}"


def plans_of(told: Sequence[Mapping[str, Any]]) -> tuple[Plan, ...]:
    """The plans of an answer of the library."""
    return tuple(
        Plan(
            number=number,
            calls=tuple(plan["calls"]),
            arguments=plan["arguments"],
            empty={name: tuple(calls) for name, calls in plan["empty"].items()},
            filled={name: tuple(calls) for name, calls in plan["filled"].items()},
        )
        for number, plan in enumerate(told)
    )


def only(recording: Mapping[str, Any], calls: Sequence[int]) -> dict[str, Any]:
    """The recording with these calls alone.

    >>> only({"signature": [], "observations": ["a", "b", "c"]}, (0, 2))
    {'signature': [], 'observations': ['a', 'c']}
    """
    every = recording["observations"]
    return {**recording, "observations": [every[call] for call in calls]}


def with_constants(
    recording: Mapping[str, Any], constants: Mapping[str, Iterable[int]] | None
) -> dict[str, Any]:
    """The recording with whole numbers that want programs of their own.

    >>> with_constants({"options": {}}, {"k": {3, 0}})
    {'options': {'constants': {'k': {'list': [0, 3]}}}}
    """
    kept = {name: {"list": sorted(n)} for name, n in (constants or {}).items()}
    options = {**recording.get("options", {}), **({"constants": kept} if kept else {})}
    return {**recording, "options": options}


def with_batch(
    recording: Mapping[str, Any], which: Collection[int | str] | bool | None
) -> dict[str, Any]:
    """The recording with axes 0 that are dynamic whatever was seen.

    >>> with_batch({"options": {}}, {"x", 1})
    {'options': {'set_batch_dimension_for': [1, 'x']}}
    """
    if not which:
        return dict(recording)
    told = which if isinstance(which, bool) else sorted(which, key=str)
    options = {**recording.get("options", {}), "set_batch_dimension_for": told}
    return {**recording, "options": options}


def joined(
    some: Mapping[str, Iterable[int]], others: Mapping[str, Iterable[int]]
) -> dict[str, set[int]]:
    """Both, put together.

    >>> joined({"k": [0]}, {"k": [3], "n": [1]})
    {'k': {0, 3}, 'n': {1}}
    """
    names = [*some, *(name for name in others if name not in some)]
    return {name: {*some.get(name, ()), *others.get(name, ())} for name in names}


def mined(
    recording: Mapping[str, Any], plan: Plan, plans: Sequence[Plan]
) -> dict[str, Any]:
    """All that the recording says of the sizes of one plan.

    Those are all calls, in order; of other plans without the arguments that this one
    lacks or has in another way.
    """
    signature, found = recording["signature"], [*recording["observations"]]
    there = {
        name
        for call in plan.calls
        for name, value in bound(signature, found[call])
        if value is not None
    }
    for other in plans:
        for call in other.calls if other is not plan else ():
            found[call] = _without(signature, found[call], there - plan.varies(other))
    return {**recording, "observations": found}


def _without(signature: Sequence[Json], call: Json, there: set[str]) -> Json:
    """A call with None for all other arguments, those with defaults included."""
    kinds = {p["name"]: p.get("kind", BY_POSITION[1]) for p in signature}
    places = [name for name, kind in kinds.items() if kind in BY_POSITION]
    args = list(call.get("args", ()))
    if any(kinds[name] == "VAR_POSITIONAL" for name in kinds.keys() - there):
        del args[len(places) :]
    for index, name in enumerate(places[: len(args)]):
        if name not in there:
            args[index] = None
    given = call.get("kwargs", {}).items()
    kwargs = {name: value for name, value in given if name in there}
    for name, kind in kinds.items():
        by_name = kind in ("POSITIONAL_OR_KEYWORD", "KEYWORD_ONLY")
        if by_name and name not in there and name not in places[: len(args)]:
            kwargs[name] = None
    return {"args": args, "kwargs": kwargs}


def unlike_values(
    signature: Sequence[Json], call: Json, exported: Mapping[str, Json]
) -> Iterator[str]:
    """Truth values, floats and strings of a call that a program has otherwise.

    Args:
        signature: of the recording.
        call: one of its calls.
        exported: what the program was exported with, by parameter.

    >>> signature = [{"name": "flag", "default": False}]
    >>> list(unlike_values(signature, {"args": [True]}, {}))
    ['flag is True; for this program it is False']
    """
    given = dict(bound(signature, call))
    for parameter in signature:
        name, default = parameter["name"], parameter.get("default")
        kept = dict(leaves(exported.get(name, default), name))
        found = dict(leaves(given.get(name, default), name))
        for path in dict.fromkeys([*found, *kept]):
            one, other = found.get(path), kept.get(path)
            is_constant = isinstance(one, _KEPT) or isinstance(other, _KEPT)
            if is_constant and (type(one) is not type(other) or one != other):
                here, there = _worded(one), _worded(other)
                yield f"{path} is {here}; for this program it is {there}"


def _worded(leaf: Json) -> str:
    """As the library words it in plans."""
    if leaf is None or isinstance(leaf, dict):
        return NOT_GIVEN if leaf is None else "a tensor"
    return repr(leaf)
