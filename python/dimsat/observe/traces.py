"""A trace of a model, and what it was made from."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from dimsat.observe.building import Built
from dimsat.observe.examples import Example
from dimsat.observe.findings import Sizes
from dimsat.observe.places import Place
from dimsat.torch.program import whole_number
from dimsat.torch.recording import Recording

_EQUAL = re.compile(r"Eq\((\w+), (\w+)\)")


@dataclasses.dataclass(frozen=True)
class Traced:
    """A trace and what it was made from."""

    told: dict[str, Any]
    example: Example
    built: Built
    shapes: Any
    recording: Recording

    def problem(self) -> dict[str, Any]:
        """The problem, where each whole number is a symbol called by its source.

        One that was burned in has its value by a guard.
        """
        recording, spec = self.recording, self.recording.spec
        assert recording.problem is not None
        assert spec is not None
        numbers = {leaf.source: leaf for leaf in spec.leaves if leaf.axis is None}
        named = {s: n for s, n in recording.sources.items() if n in numbers}
        problem = _renamed(recording.problem, named)
        for source, leaf in numbers.items():
            if leaf.entry is not None or source in named.values():
                continue
            problem["symbols"].append(whole_number(leaf))
            problem["guards"].append({"expr": f"{source} == {leaf.size}"})
        return problem

    def symbols(self) -> dict[Place, Any]:
        """What the tracer called each axis, one symbol for those it found equal."""
        problem = self.recording.problem
        assert problem is not None
        paths = self.paths()
        same: dict[Any, Any] = {}
        for guard in problem["guards"]:
            if pair := _EQUAL.fullmatch(guard["expr"]):
                one, other = (_first(same, name) for name in pair.groups())
                same.update({one: other} if one != other else {})
        return {
            (paths[given["source"]], axis): _first(same, symbol)
            for given in problem["inputs"]
            if given["source"] in paths
            for axis, symbol in enumerate(given.get("traced", ()))
        }

    def paths(self) -> dict[str, str]:
        """Where each input of the problem stands in recorded calls, by its source."""
        assert self.recording.spec is not None
        paths = self.built.paths
        values = self.recording.spec.values
        return {v.source: paths[id(v.value)] for v in values if id(v.value) in paths}

    def sizes_of(self, witness: Sizes) -> dict[Place, int]:
        """The sizes of a witness, which calls inputs by their paths."""
        sizes = dict(self.example.sizes)
        for path, shape in witness.items():
            if isinstance(shape, int):
                sizes[path, None] = shape
            else:
                sizes.update(((path, axis), size) for axis, size in enumerate(shape))
        return sizes


def _renamed(problem: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The same problem with other names for some of its symbols."""
    word = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")

    def worded(text: str) -> str:
        return word.sub(lambda found: names[found[1]], text) if names else text

    return {
        **problem,
        "symbols": [
            {**symbol, "name": names.get(symbol["name"], symbol["name"])}
            for symbol in problem["symbols"]
        ],
        "guards": [
            {**guard, "expr": worded(guard["expr"])} for guard in problem["guards"]
        ],
    }


def _first(same: Mapping[Any, Any], symbol: Any) -> Any:
    """The symbol that stands for all that are equal to this one."""
    while symbol in same:
        symbol = same[symbol]
    return symbol
