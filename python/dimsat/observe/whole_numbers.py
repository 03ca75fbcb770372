"""What a program demands of the whole numbers among its arguments.

A tracer may keep a number open as it does a size, or burn it in; only the guards of the
program tell.  They are decided for each call, whose numbers are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch.export import ExportedProgram
from torch.utils import _pytree as pytree

from dimsat.answer import ask
from dimsat.error import Error
from dimsat.observe.building import spec_of
from dimsat.observe.encoding import Json
from dimsat.observe.nearest import worded
from dimsat.observe.places import Place, bound, sizes_of
from dimsat.torch.program import entry_checks
from dimsat.torch.spec import Spec


@dataclass(frozen=True)
class NumberGuards:
    """The guards of a program that speak of whole numbers.

    Attributes:
        guards: as the program has them.
        places: where sizes and numbers stand in a call, by their names in guards.
    """

    guards: tuple[str, ...]
    places: Mapping[str, Place]

    def broken(
        self, signature: Sequence[Json], call: Json
    ) -> Iterator[tuple[str, dict[str, int]]]:
        """The guards that a call breaks, as sentences, and its numbers in them."""
        sizes = _numbers(signature, call)
        for guard in self.guards:
            about = {s: place for s, place in self.places.items() if s in guard}
            names = {s: _column(place) for s, place in about.items()}
            values = {s: str(sizes[p]) for s, p in about.items() if p in sizes}
            if _is_never(worded(guard, values)):
                told = ", ".join(f"{names[s]} is {n}" for s, n in values.items())
                numbers = {p[0]: sizes[p] for p in about.values() if p[1] is None}
                yield f"{worded(guard, names)} does not hold: {told}", numbers


def number_guards(
    program: ExportedProgram, spec: Spec, paths: Mapping[str, str]
) -> NumberGuards:
    """Those guards; `paths` says where each tensor stands in a call, by source."""
    places: dict[str, Place] = {}
    numbers_at = _number_paths(spec.arguments)
    for leaf in spec.leaves:
        if leaf.axis is None:
            places[leaf.source] = (numbers_at.get(leaf.source, leaf.source), None)
        elif (source := spec.values[leaf.input].source) in paths:
            places[leaf.source] = (paths[source], leaf.axis)
    numbers = [source for source, (_, axis) in places.items() if axis is None]
    guards = tuple(
        check
        for check in entry_checks(program, program.module(), spec)
        if any(number in check for number in numbers)
    )
    return NumberGuards(guards, places)


def _number_paths(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Where each whole number stands in recorded calls, by its source."""
    found: list[tuple[Any, str]] = []

    def entry(value: Any, path: str) -> None:
        found.append((value, path))

    for name, value in arguments.items():
        spec_of(value, name, entry)
    keyed = pytree.tree_leaves_with_path(dict(arguments))
    return {
        f"L{pytree.keystr(key)}": path
        for (key, leaf), (value, path) in zip(keyed, found, strict=True)
        if leaf is value and type(value) is int
    }


def _numbers(signature: Sequence[Json], call: Json) -> dict[Place, int]:
    """Sizes and whole numbers of a call, with those that are defaults."""
    given = {name for name, _ in bound(signature, call)}
    defaults: dict[Place, int] = {
        (parameter["name"], None): parameter["default"]
        for parameter in signature
        if type(parameter.get("default")) is int and parameter["name"] not in given
    }
    return {**defaults, **sizes_of(signature, call)}


def _column(place: Place) -> str:
    return place[0] if place[1] is None else f"{place[0]}[{place[1]}]"


def _is_never(condition: str) -> bool:
    """Whether a condition on numbers is false; of one that is not, nothing is said."""
    if "L[" in condition:
        return False
    try:
        return ask(condition).kind == "never"
    except Error:
        return False
