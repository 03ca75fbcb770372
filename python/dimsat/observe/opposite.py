"""The other side of a relation: sizes that break it the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dimsat.error import Error
from dimsat.expression import Expression
from dimsat.observe.findings import Sizes
from dimsat.observe.nearest import closest, worded
from dimsat.observe.places import path_of_number

NEAR = 64
"""So many sizes above that of the trace are kept unlike all others."""


def opposite(
    problem: Mapping[str, Any],
    relation: str,
    witness: Sizes,
    kept: Iterable[str] = (),
) -> dict[str, tuple[int, ...] | int] | None:
    """Sizes that the guards allow, in which the other side is the larger one.

    A model that takes a mask that is too long may refuse one that is too short: only
    both together show that it needs no relation.  The sizes are those of the trace or
    larger, as few steps away as possible, and none becomes like another one.

    Args:
        problem: of the trace, its inputs and whole numbers called as in calls.
        relation: ``"mask[1] == ids[1] + past[1]"``.
        witness: sizes of all inputs that break it.
        kept: relations that still hold, so that a refusal is about this one.

    None where the guards allow no such sizes near, or it cannot be decided.

    >>> inputs = [
    ...     {"name": "x", "traced": ["s0", 8]},
    ...     {"name": "mask", "traced": ["s1"]},
    ... ]
    >>> symbols = [{"name": "s0", "hint": 3}, {"name": "s1", "hint": 3}]
    >>> problem = {"inputs": inputs, "symbols": symbols, "guards": []}
    >>> opposite(problem, "mask[0] == x[0]", {"x": (3, 8), "mask": (5,)})
    {'x': (4, 8), 'mask': (3,)}
    """
    try:
        return _Sizes(problem).opposite(relation, witness, kept)
    except (Error, KeyError):  # a size that is unknown, or that nothing stands for
        return None


def breaks(problem: Mapping[str, Any], relation: str, sizes: Sizes) -> bool:
    """Whether these sizes break a relation; no where that is unknown."""
    try:
        return bool(_Sizes(problem).excess(relation, sizes))
    except (Error, KeyError):
        return False


class _Sizes:
    """The sizes of a trace, a short word for each of its symbols."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        symbols = problem["symbols"]
        self._words = {symbol["name"]: f"a{n}" for n, symbol in enumerate(symbols)}
        self._hints = {self._words[s["name"]]: s["hint"] for s in symbols}
        self._guards = [self._worded(guard["expr"]) for guard in problem["guards"]]
        self._most = {self._words[s["name"]]: s.get("max") for s in symbols}
        self._shapes = {
            given["name"]: [self._worded(str(size)) for size in given["traced"]]
            for given in problem["inputs"]
        }
        self._numbers = {
            path_of_number(s["name"]): self._words[s["name"]]
            for s in symbols
            if s.get("unbacked")
        }

    def opposite(
        self, relation: str, witness: Sizes, kept: Iterable[str]
    ) -> dict[str, tuple[int, ...] | int] | None:
        """As the function says."""
        excess = self.excess(relation, witness)
        if not excess:
            return None
        left, _, right = self._in_words(relation).partition(" == ")
        wanted = f"{left} < {right}" if excess > 0 else f"{left} > {right}"
        others = map(self._in_words, kept)
        found = closest([*self._guards, *self._limits(), *others, wanted], self._hints)
        return None if found is None else self._all({**self._hints, **found})

    def excess(self, relation: str, sizes: Sizes) -> Any:
        """By how much its left side is larger than its right side."""
        left, _, right = self._in_words(relation).partition(" == ")
        return Expression(f"({left}) - ({right})").evaluate(self._values(sizes))

    def _worded(self, text: str) -> str:
        return worded(text, self._words)

    def _in_words(self, relation: str) -> str:
        """The relation, in which each axis and number is what the tracer made of it."""
        columns = dict(self._numbers)
        for name, shape in self._shapes.items():
            columns |= {f"{name}[{axis}]": f"({s})" for axis, s in enumerate(shape)}
        names = sorted(columns, key=len, reverse=True)
        column = "|".join(map(re.escape, names))
        return re.sub(
            rf"(?<![\w.\]'])(?:{column})(?![\w.\[])", lambda m: columns[m[0]], relation
        )

    def _values(self, sizes: Sizes) -> dict[str, int]:
        """What each symbol is there that is an axis or a whole number itself."""
        values: dict[str, Any] = {
            word: sizes[name] for name, word in self._numbers.items()
        }
        for name, shape in self._shapes.items():
            known: Any = sizes[name]
            values |= dict(zip(shape, known, strict=True))
        return {word: values[word] for word in self._hints if word in values}

    def _limits(self) -> Iterator[str]:
        texts = {text for shape in self._shapes.values() for text in shape}
        static = {int(text) for text in texts if text.isdigit()}
        others = sorted({*static, *self._hints.values()})
        for word, hint in self._hints.items():
            yield f"{word} >= {hint}"
            if self._most[word] is not None:
                yield f"{word} <= {self._most[word]}"
            taken = [size for size in others if hint < size <= hint + NEAR]
            if taken:
                unlike = " and ".join(f"{word} != {size}" for size in taken)
                yield f"{word} == {hint} or ({unlike})"

    def _all(self, values: Mapping[str, int]) -> dict[str, tuple[int, ...] | int]:
        """The sizes of all inputs."""
        shapes: dict[str, tuple[int, ...] | int] = {
            name: tuple(int(Expression(text).evaluate(values)) for text in shape)
            for name, shape in self._shapes.items()
        }
        return shapes | {name: values[word] for name, word in self._numbers.items()}
