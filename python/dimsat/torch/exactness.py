"""Finds dims that a program of PyTorch 2.13 will compare in floats.

Where no axis is a root itself, the program solves the first axis for the root and
writes the others in terms of it: of ``3*r + 2`` and ``2*r`` it makes
``-4/3 + 2/3*x == y``, which Python evaluates in floats and finds false for good sizes.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from dimsat.torch.dims import Line, is_dim, line_of
from dimsat.torch.spec import Spec

TRIED = 20_000
"""Sizes of a root that are tried; models run with no more."""


def inexact_roots(spec: Spec) -> dict[str, int]:
    """The roots whose axes the program cannot compare, each with a size it refuses.

    The sizes are those of the root; all of the spec's are tried, up to a limit.
    """
    found = {}
    for dim in spec.dims:
        root = spec.names[dim["name"]]
        least, most = dim.get("min", 0), dim.get("max")
        end = least + TRIED if most is None else min(most, least + TRIED)
        for size in _refused(_lines(spec, root), range(least, end + 1)):
            found[root] = size
            break
    return found


def _lines(spec: Spec, root: str) -> list[Line]:
    """The different lines over a root, in the order of the inputs."""
    dims = (leaf.entry for leaf in spec.leaves if is_dim(leaf.entry))
    return list(dict.fromkeys(n for n in map(line_of, dims) if n.root == root))


def _refused(lines: list[Line], sizes: range) -> Iterator[int]:
    if len(lines) < 2 or any((n.scale, n.offset) == (1, 0) for n in lines):
        return
    first, *others = lines
    for other in others:
        slope = Fraction(other.scale, first.scale)
        shift = other.offset - slope * first.offset
        if slope.denominator == 1:
            continue  # a whole slope makes a whole shift
        by, to = float(slope), float(shift)
        yield from (n for n in sizes if to + by * first.at(n) != other.at(n))
