"""Tries an exported program at the ends of every range that its spec allows."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import torch
from tiny_models import Build, Case, Sizes
from torch.export import Dim, ExportedProgram
from torch.utils import _pytree as pytree

UNSAID = 2  # where a range starts at 0, as it does by default: the tracer's own start
BEYOND = 3  # a range without an end is tried at three times the example


def entries(given: Any, used: Any) -> dict[str, Any]:
    """What became of each dim: the entry of `used` where `given` has that dim."""
    pairs = zip(pytree.tree_leaves(given), pytree.tree_leaves(used), strict=True)
    return {dim.__name__: entry for dim, entry in pairs if isinstance(dim, Dim)}


@dataclass(frozen=True)
class Range:
    """The sizes `scale * root + offset`, for a root from `low` to `high`."""

    root: str
    size: Callable[[int], int]
    low: int
    high: int | None


def range_of(name: str, entry: Any, example: int) -> Range:
    """What an entry of a spec allows: a Dim, a derived Dim, a hint or a size."""
    if entry is None or isinstance(entry, int):
        return Range(name, lambda _: example if entry is None else entry, 0, 0)
    root = getattr(entry, "root", entry)
    high = getattr(root, "max", None)
    if high is not None and high >= sys.maxsize:
        high = None
    size = getattr(entry, "fn", lambda value: value)
    return Range(getattr(root, "__name__", name), size, root.min or 0, high)


def following(range_: Range, fix: Any) -> Range:
    """The range of a hint that stands for a derived Dim, as the repair has it."""
    low, high = range_.low, range_.high
    return Range(
        fix.root,
        lambda value: fix.scale * value + fix.offset,
        (low - fix.offset) // fix.scale,
        None if high is None else (high - fix.offset) // fix.scale,
    )


def ranges(case: Case, used: Any, fixes: Iterable[Any] = ()) -> dict[str, Range]:
    """What a spec allows each dim of a case.

    A `Dim.DYNAMIC` no longer says which dim it follows; the `fixes` do.
    """
    follows = {fix.dim: fix for fix in fixes if fix.root is not None}
    found = {}
    for name, entry in entries(case.dynamic_shapes, used).items():
        found[name] = range_of(name, entry, case.sizes[name])
        if name in follows and not isinstance(entry, Dim | int):
            found[name] = following(found[name], follows[name])
    return found


def corners(case: Case, allowed: dict[str, Range]) -> list[dict[str, int]]:
    """All combinations of the smallest and the largest size of every root."""
    ends: dict[str, list[int]] = {}
    for name, range_ in allowed.items():
        low, high = range_.low, range_.high
        least = 1 if range_.size(low) > 0 else UNSAID
        while range_.size(low) < least and (high is None or low < high):
            low += 1
        if high is None:
            high = max(low, BEYOND * case.sizes[name])
        before = ends.get(range_.root, [low, high])
        ends[range_.root] = [max(low, before[0]), min(high, before[1])]
    found = []
    for values in itertools.product(*(sorted(set(e)) for e in ends.values())):
        root = dict(zip(ends, values, strict=True))
        found.append({n: r.size(root[r.root]) for n, r in allowed.items()})
    return found


@dataclass
class Outcome:
    """How often a program was tried, and the sizes at which it was wrong.

    `tried` leaves out sizes that the model itself refuses in eager mode.
    """

    tried: int = 0
    refused: list[tuple[Sizes, str]] = field(default_factory=list)
    different: list[tuple[Sizes, str]] = field(default_factory=list)


def attempt(case: Case, module: torch.nn.Module, sizes: Sizes) -> Any:
    """What a module gives at these sizes, or the exception it raises."""
    args, kwargs = case.inputs(sizes)
    try:
        with torch.no_grad():
            return module(*args, **kwargs)
    except Exception as error:
        return error


def difference(expected: Any, got: Any) -> str | None:
    """How two results differ, beyond rounding."""
    try:
        pairs = zip(pytree.tree_leaves(expected), pytree.tree_leaves(got), strict=True)
        for one, other in pairs:
            if isinstance(one, torch.Tensor):
                torch.testing.assert_close(other, one, rtol=1e-4, atol=1e-4)
    except (AssertionError, ValueError) as error:
        return str(error)
    return None


def try_corners(
    build: Build, program: ExportedProgram, used: Any, fixes: Iterable[Any] = ()
) -> Outcome:
    """Runs the program and the model at every corner of the spec `used`.

    The model is built anew for every corner: swin remembers small pictures.
    """
    module = program.module()
    outcome = Outcome()
    first = build()
    for sizes in corners(first, ranges(first, used, fixes)):
        case = build()
        expected = attempt(case, case.model, sizes)
        if isinstance(expected, Exception):
            continue
        outcome.tried += 1
        got = attempt(case, module, sizes)
        if isinstance(got, Exception):
            outcome.refused.append((sizes, str(got).splitlines()[0]))
        elif (what := difference(expected, got)) is not None:
            outcome.different.append((sizes, what))
    return outcome
