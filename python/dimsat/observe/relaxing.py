"""Lowers bounds of a program that only the way of tracing put in.

PyTorch traces every dynamic size as 2 or more.  Of a size with a Dim it forgets that
again, but not of one that follows from others: where a mask is as long as two lengths
together, the program wants it to be 4 or more.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch
from torch.export import ExportedProgram
from torch.utils._sympy.value_ranges import ValueRanges

from dimsat.answer import ask
from dimsat.error import Error
from dimsat.expression import Expression
from dimsat.observe.demands import Demands, demands_of, paths_of
from dimsat.observe.findings import Findings, sizes_in
from dimsat.observe.nearest import worded
from dimsat.observe.places import Place
from dimsat.torch import internals

_LEAST = re.compile(r"(.*) >= (\d+)")
_AT_LEAST_2 = re.compile(r"(?!.* (?:and|or) )(.*) >= 2")
_UNLIKE = re.compile(r"(?!.* (?:and|or) )(.*) != \(?(-?\d+)\)?")


def relax(
    program: ExportedProgram,
    model: torch.nn.Module,
    findings: Findings,
    still_works: Callable[[ExportedProgram], bool],
) -> list[str]:
    """Lowers such bounds of a program to what was recorded; the new bounds, as text.

    A range is lowered if it follows from the other guards where all sizes are 2 or
    more, a guard if it says that of what follows from sizes; a range that somebody
    asked for stays.  A guard that leaves out one value goes if that was seen.  No
    further than to the least size that the model was seen to take: it may ask for more
    than 0 itself, which is no guard where the tracer's sizes imply it.  All come back
    unless `still_works` then.
    """
    demands = demands_of(program, model)
    seen = _Seen(demands, findings)
    found = {}
    ranges = dict(program.range_constraints)
    guards = internals.guard_texts(program)
    for symbol, source in _artefacts(program, demands):
        known = ranges[symbol]
        least = seen.least(source)
        if least is not None and least < known.lower:
            found[source] = f"{source} >= {least}"
            program.range_constraints[symbol] = ValueRanges(least, known.upper)
    lowered = {guard: _lowered(guard, seen) for guard in guards}
    for old, new in lowered.items():
        if old != new:
            found[old] = new or f"{old} is gone"
    internals.set_guard_texts(program, [new for new in lowered.values() if new])
    works = False
    with contextlib.suppress(Exception):  # whatever a program says
        works = not found or still_works(program)
    if works:
        return list(found.values())
    program.range_constraints.update(ranges)
    internals.set_guard_texts(program, guards)
    return []


class _Seen:
    """What the recorded calls say of expressions over the inputs of a program."""

    def __init__(self, demands: Demands, findings: Findings) -> None:
        paths = paths_of(demands.spec)
        self._words = demands.words
        self._places: dict[str, Place] = {}
        for leaf in demands.spec.leaves:
            path = paths.get(demands.spec.values[leaf.input].source, "")
            self._places[self._words[leaf.source]] = (path, leaf.axis)
        self._calls = [sizes_in(findings, call) for call in range(findings.calls)]

    def worded(self, text: str) -> str | None:
        """The text over words; None where it is about something else too."""
        found = worded(text, self._words)
        return None if "L[" in found else found

    def least(self, text: str) -> int | None:
        """The least value of an expression in any call that has all of it."""
        return min(self.values(text), default=None)

    def values(self, text: str) -> set[int]:
        """Its value in each call that has all of it."""
        found = self.worded(text)
        if found is None:
            return set()
        expression = Expression(found)
        values = set()
        for call in self._calls:
            sizes = {name: call.get(self._places[name]) for name in expression.symbols}
            known = {name: size for name, size in sizes.items() if size is not None}
            with contextlib.suppress(Error):
                value = expression.evaluate(known)
                values |= {value} if type(value) is int else set()
        return values


def _lowered(guard: str, seen: _Seen) -> str | None:
    """The guard with the least value that was seen of what has to be 2 or more.

    None where it leaves out a value that was seen.
    """
    if unlike := _UNLIKE.fullmatch(guard):
        return None if int(unlike[2]) in seen.values(unlike[1]) else guard
    bound = _AT_LEAST_2.fullmatch(guard)
    least = seen.least(bound[1]) if bound else None
    if bound is None or least is None or not 0 <= least < 2:
        return guard
    return f"{bound[1]} >= {least}"


def _artefacts(program: ExportedProgram, demands: Demands) -> Iterator[tuple[Any, str]]:
    """The symbols with such a range; the size that each is, as guards say it."""
    leaves = demands.spec.leaves
    words = demands.words
    guards = [worded(guard, words) for guard in demands.relations]
    guards = [guard for guard in guards if "L[" not in guard]
    traced = open_sizes(program, demands.spec.call_paths)
    fixed = [
        f"{words[leaf.source]} == {leaf.size}"
        for leaf in leaves
        if leaf.axis is not None and leaf.source not in traced
    ]
    sizes = [f"{word} >= 2" for source, word in words.items() if source in traced]
    for text in demands.ranges:
        bound = _LEAST.fullmatch(text)
        symbol = traced.get(bound[1]) if bound else None
        if bound is None or symbol not in program.range_constraints:
            continue
        query = f"{words[bound[1]]} >= {bound[2]}"
        if follows(query, [*guards, *fixed, *sizes]):
            yield symbol, bound[1]


def follows(guard: str, assumed: Sequence[str], budget: int | None = None) -> bool:
    """Whether a guard is known to hold wherever others do."""
    try:
        return ask(guard, assume=assumed, budget=budget).kind == "always"
    except Error:
        return False


def open_sizes(program: ExportedProgram, paths: Iterable[str]) -> dict[str, Any]:
    """The size of each axis that is not constant, by its source."""
    return {
        f"{source}.size()[{axis}]": size
        for source, sizes in zip(paths, internals.traced_sizes(program), strict=True)
        for axis, size in enumerate(sizes)
        if getattr(size, "free_symbols", None)
    }
