"""Lowers bounds of a program that only the way of tracing put in.

PyTorch traces every dynamic size as 2 or more.  Of a size with a Dim it forgets that
again, but not of one that follows from others: where a mask is as long as two lengths
together, the program wants it to be 4 or more.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.export import ExportedProgram
from torch.utils._sympy.value_ranges import ValueRanges

from dimsat.answer import ask
from dimsat.error import Error
from dimsat.observe.checking import demands_of, paths_of
from dimsat.observe.findings import Findings
from dimsat.observe.nearest import worded
from dimsat.observe.places import Place
from dimsat.torch import internals

_LEAST = re.compile(r"(.*) >= (\d+)")


def relax(
    program: ExportedProgram,
    model: torch.nn.Module,
    findings: Findings,
    still_works: Callable[[ExportedProgram], bool],
) -> list[str]:
    """Lowers such bounds of a program to what was recorded; the new bounds, as text.

    A bound is lowered if it follows from the other guards where all sizes are 2 or
    more; one that somebody asked for stays.  No further than to the least size that
    the model was seen to take: it may ask for more than 0 itself, which is no guard
    where the tracer's sizes imply it.  All come back unless `still_works` then.
    """
    seen = {(a.argument, a.axis): a.values for a in findings.axes if a.values}
    found: dict[Any, str] = {}
    before = {}
    for symbol, place, text in _artefacts(program, model):
        known = program.range_constraints[symbol]
        least = min((v for v in seen.get(place, ()) if v is not None), default=None)
        if least is not None and least < known.lower:
            found[symbol], before[symbol] = f"{text} >= {least}", known
            program.range_constraints[symbol] = ValueRanges(least, known.upper)
    works = False
    with contextlib.suppress(Exception):  # whatever a program says
        works = not found or still_works(program)
    if works:
        return list(found.values())
    program.range_constraints.update(before)
    return []


def _artefacts(
    program: ExportedProgram, model: torch.nn.Module
) -> Iterator[tuple[Any, Place, str]]:
    """The symbols with such a bound; an axis of each, as calls and as guards say it."""
    demands = demands_of(program, model)
    axes = [leaf.source for leaf in demands.spec.leaves if leaf.axis is not None]
    words = {axis: f"a{n}" for n, axis in enumerate(axes)}
    guards = [worded(guard, words) for guard in demands.relations]
    guards = [guard for guard in guards if "L[" not in guard]
    paths = paths_of(demands.spec)
    places = {
        leaf.source: (paths.get(demands.spec.values[leaf.input].source, ""), leaf.axis)
        for leaf in demands.spec.leaves
    }
    traced = _symbols(program, demands.spec.call_paths)
    fixed = [
        f"{words[leaf.source]} == {leaf.size}"
        for leaf in demands.spec.leaves
        if leaf.axis is not None and leaf.source not in traced
    ]
    sizes = [f"{words[axis]} >= 2" for axis in axes if axis in traced]
    for text in demands.ranges:
        bound = _LEAST.fullmatch(text)
        symbol = traced.get(bound[1]) if bound else None
        if bound is None or symbol not in program.range_constraints:
            continue
        with contextlib.suppress(Error):
            query = f"{words[bound[1]]} >= {bound[2]}"
            if ask(query, assume=[*guards, *fixed, *sizes]).kind == "always":
                yield symbol, places[bound[1]], bound[1]


def _symbols(program: ExportedProgram, paths: dict[str, str]) -> dict[str, Any]:
    """The size of each axis that is not constant, by its source."""
    return {
        f"{source}.size()[{axis}]": size
        for source, sizes in zip(paths, internals.traced_sizes(program), strict=True)
        for axis, size in enumerate(sizes)
        if getattr(size, "free_symbols", None)
    }
