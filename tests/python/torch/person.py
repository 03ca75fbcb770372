"""Compares a repaired spec with what a person says of the model."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from corners import Reading, Sizes, points, read
from modules import Built, Case

MOST_SAMPLES = 20_000


def dims_of(before: Reading, sizes: Sizes) -> dict[str, int]:
    """The user's dims at these sizes."""
    return {a.root: (sizes[a.place] - a.offset) // a.scale for a in before.axes}


def agrees(case: Case, dims: dict[str, int]) -> bool:
    """What the person's condition says of these dims."""
    assert case.allowed is not None
    return bool(eval(case.allowed, {}, dims))


def kept(case: Case, built: Built, repaired: Any) -> str:
    """The share of the sizes a person would allow that the repaired spec allows."""
    if case.allowed is None:
        return ""
    before, after = read(built, built.dynamic_shapes), read(built, repaired)
    hits = total = 0
    for dims in _samples(before):
        sizes = before.sizes(dims)
        if all(sizes[axis.place] >= 2 for axis in before.axes) and agrees(case, dims):
            total += 1
            hits += after.solve(sizes) is not None
    return f"{100 * hits // total}%" if total else "-"


def too_wide(case: Case, built: Built, repaired: Any) -> str:
    """A size that the repaired spec allows against the person's word; "" for none."""
    if case.allowed is None:
        return ""
    before, after = read(built, built.dynamic_shapes), read(built, repaired)
    if set(after.hinted) - set(before.hinted):
        return ""
    for point in points(after):
        dims = dims_of(before, after.sizes(point))
        if dims.keys() == before.roots.keys() and not agrees(case, dims):
            return f"{dims}"
    return ""


def _samples(before: Reading) -> Iterator[dict[str, int]]:
    """Sizes that the user asked for: small ones, or those near the example."""
    spans = {
        name: range(max(span.low, 1), min(span.high or 64, span.example + 64) + 1)
        for name, span in before.roots.items()
    }
    if len(spans) == 1:
        ((name, span),) = spans.items()
        yield from ({name: value} for value in span)
        return
    grid = [range(max(2, s.example - 4), s.example + 9) for s in before.roots.values()]
    for values in itertools.islice(itertools.product(*grid), MOST_SAMPLES):
        dims = dict(zip(spans, values, strict=True))
        if all(value in spans[name] for name, value in dims.items()):
            yield dims
