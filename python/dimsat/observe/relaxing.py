"""Takes bounds out of a program that only the tracer's way of tracing put in.

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
from dimsat.observe.checking import demands_of
from dimsat.observe.nearest import worded
from dimsat.torch import internals

_LEAST = re.compile(r"(.*) >= (\d+)")


def relax(
    program: ExportedProgram,
    model: torch.nn.Module,
    still_works: Callable[[ExportedProgram], bool],
) -> list[str]:
    """Takes such bounds out of a program; the axes that it did so for.

    A bound goes if it follows from the other guards where all sizes are 2 or more; one
    that the model asks for stays.  All come back unless `still_works` then.
    """
    found = dict(_artefacts(program, model))
    before = {symbol: program.range_constraints[symbol] for symbol in found}
    for symbol, known in before.items():
        program.range_constraints[symbol] = ValueRanges(0, known.upper)
    works = False
    with contextlib.suppress(Exception):  # whatever a program says
        works = not found or still_works(program)
    if works:
        return list(found.values())
    program.range_constraints.update(before)
    return []


def _artefacts(
    program: ExportedProgram, model: torch.nn.Module
) -> Iterator[tuple[Any, str]]:
    """The symbols with such a bound, and an axis of each."""
    demands = demands_of(program, model)
    axes = [leaf.source for leaf in demands.spec.leaves if leaf.axis is not None]
    words = {axis: f"a{n}" for n, axis in enumerate(axes)}
    guards = [worded(guard, words) for guard in demands.relations]
    guards = [guard for guard in guards if "L[" not in guard]
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
                yield symbol, bound[1]


def _symbols(program: ExportedProgram, paths: dict[str, str]) -> dict[str, Any]:
    """The size of each axis that is not constant, by its source."""
    return {
        f"{source}.size()[{axis}]": size
        for source, sizes in zip(paths, internals.traced_sizes(program), strict=True)
        for axis, size in enumerate(sizes)
        if getattr(size, "free_symbols", None)
    }
