"""What a program demands of the whole numbers among its arguments.

A tracer may keep a number open as it does a size, or burn it in; only the guards of the
program tell.  They are decided for each call, whose numbers are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dimsat.answer import ask
from dimsat.error import Error
from dimsat.observe.demands import Demands
from dimsat.observe.encoding import Json
from dimsat.observe.nearest import worded
from dimsat.observe.places import Place, bound, column, sizes_of


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
            names = {s: column(place) for s, place in about.items()}
            values = {s: str(sizes[p]) for s, p in about.items() if p in sizes}
            if _is_never(worded(guard, values)):
                told = ", ".join(f"{names[s]} is {n}" for s, n in values.items())
                numbers = {p[0]: sizes[p] for p in about.values() if p[1] is None}
                yield f"{worded(guard, names)} does not hold: {told}", numbers


def number_guards(demands: Demands, paths: Mapping[str, str]) -> NumberGuards:
    """Those of a program; `paths` says where each source stands in a call."""
    places: dict[str, Place] = {}
    for leaf in demands.spec.leaves:
        if leaf.axis is None:
            places[leaf.source] = (paths.get(leaf.source, leaf.source), None)
        elif (source := demands.spec.values[leaf.input].source) in paths:
            places[leaf.source] = (paths[source], leaf.axis)
    numbers = [source for source, (_, axis) in places.items() if axis is None]
    guards = tuple(
        guard for guard in demands.guards if any(number in guard for number in numbers)
    )
    return NumberGuards(guards, places)


def _numbers(signature: Sequence[Json], call: Json) -> dict[Place, int]:
    """Sizes and whole numbers of a call, with those that are defaults."""
    given = {name for name, _ in bound(signature, call)}
    defaults: dict[Place, int] = {
        (parameter["name"], None): parameter["default"]
        for parameter in signature
        if type(parameter.get("default")) is int and parameter["name"] not in given
    }
    return {**defaults, **sizes_of(signature, call)}


def _is_never(condition: str) -> bool:
    """Whether a condition on numbers is false; of one that is not, nothing is said."""
    if "L[" in condition:
        return False
    try:
        return ask(condition).kind == "never"
    except Error:
        return False
