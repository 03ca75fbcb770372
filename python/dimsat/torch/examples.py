"""Larger example inputs in place of sizes 0 and 1.

PyTorch burns these two into the program whatever the spec says.  A larger example
keeps the given values, repeated, so that indices stay valid; which sizes suit the
model is found out by trying a few.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils import _pytree as pytree

from dimsat.torch.dims import Line, is_dim, is_hint, line_of, upper
from dimsat.torch.spec import Leaf, Spec
from dimsat.torch.widening import root_sizes

BURNED_IN = (0, 1)
_TRIED = (4, 8, 16, 32, 64)


@dataclass(frozen=True)
class Example:
    """Arguments for an export, and ``sizes``: what is different, ``x[0]: 1 -> 3``."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    sizes: dict[str, tuple[int, int]]

    def __str__(self) -> str:
        return ", ".join(f"{a}: {old} -> {new}" for a, (old, new) in self.sizes.items())


def larger_examples(
    args: tuple[Any, ...], kwargs: Mapping[str, Any], spec: Spec
) -> Iterator[Example]:
    """Examples without sizes 0 and 1 on dynamic axes, the most telling first.

    Nothing where there is no such axis, or where the spec allows no larger size.  All
    are within the spec; whether the model takes them is for the caller to try.

    >>> from dimsat.torch.spec import describe
    >>> args = (torch.ones(1, 3),)
    >>> model = torch.nn.ReLU()
    >>> spec = describe(model, args, {}, {"input": {0: torch.export.Dim("n")}})
    >>> example = next(larger_examples(args, {}, spec))
    >>> print(example, tuple(example.args[0].shape))
    input[0]: 1 -> 2 (2, 3)
    """
    movable = _movable(spec)
    seen = set()
    for chosen in _choices(spec, movable):
        sizes = {
            leaf.source: line.at(chosen[line.root])
            for leaf, line in _lines(spec)
            if line.root in chosen
        }
        key = tuple(sorted(sizes.items()))
        if sizes and key not in seen:
            seen.add(key)
            yield _example(args, kwargs, spec, sizes)


@dataclass(frozen=True)
class _Range:
    """The sizes that a root may take with all its axes at 2 or more."""

    least: int
    most: int | None

    def nearest(self, size: int) -> int:
        size = max(size, self.least)
        return size if self.most is None else min(size, self.most)


def _lines(spec: Spec) -> Iterator[tuple[Leaf, Line]]:
    """The dynamic axes; one with a hint is a root of its own."""
    for leaf in spec.leaves:
        if is_dim(leaf.entry):
            yield leaf, line_of(leaf.entry)
            continue
        dynamic = is_hint(leaf.entry) and leaf.entry.type.name != "STATIC"
        if dynamic and leaf.axis is not None:
            yield leaf, Line(leaf.source)


def _movable(spec: Spec) -> dict[str, _Range]:
    """The roots with an axis of size 0 or 1, or of that size themselves."""
    bounds: dict[str, tuple[int, int | None]] = {
        spec.names[dim["name"]]: (dim.get("min", 0), dim.get("max"))
        for dim in spec.dims
    }
    small = {root for root, size in root_sizes(spec).items() if size in BURNED_IN}
    least: dict[str, int] = {}
    for leaf, line in _lines(spec):
        if is_hint(leaf.entry):
            bounds[line.root] = (leaf.entry.min or 0, upper(leaf.entry.max))
        if leaf.size in BURNED_IN:
            small.add(line.root)
        low = max(2, -((line.offset - 2) // line.scale), bounds[line.root][0])
        least[line.root] = max(low, least.get(line.root, 2))
    ranges = {root: _Range(least[root], bounds[root][1]) for root in least}
    return {
        root: ranges[root]
        for root in ranges
        if root in small and ranges[root].least <= (ranges[root].most or least[root])
    }


def _choices(spec: Spec, movable: dict[str, _Range]) -> Iterator[dict[str, int]]:
    """Sizes for the roots: all of them moved, then each of them alone."""
    groups = [tuple(movable)]
    if len(movable) > 1:
        groups += [(root,) for root in movable]
    for group in groups:
        for pick in _strategies(spec):
            yield pick({root: movable[root] for root in group})


def _strategies(spec: Spec) -> Iterator[Callable[[dict[str, _Range]], dict[str, int]]]:
    """Ways to choose: all different; all the same; as something else in the example."""
    present = sorted({leaf.size for leaf in spec.leaves} - set(BURNED_IN))
    yield lambda ranges: _different(ranges, set(present))
    for size in (2, *present, *_TRIED):
        yield functools.partial(_nearest, size)


def _nearest(size: int, ranges: dict[str, _Range]) -> dict[str, int]:
    return {root: allowed.nearest(size) for root, allowed in ranges.items()}


def _different(ranges: dict[str, _Range], taken: set[int]) -> dict[str, int]:
    """The least size for each that no other axis has; just the least without one."""
    chosen = {}
    for root, allowed in ranges.items():
        free = next(n for n in itertools.count(allowed.least) if n not in taken)
        fits = allowed.most is None or free <= allowed.most
        chosen[root] = free if fits else allowed.least
        taken = taken | {chosen[root]}
    return chosen


def _example(
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    spec: Spec,
    sizes: dict[str, int],
) -> Example:
    leaves, structure = pytree.tree_flatten((tuple(args), dict(kwargs)))
    old = {leaf.source: leaf.size for leaf in spec.leaves}
    names = {value.source: entry for value, entry in _named_values(spec)}
    changed: dict[str, tuple[int, int]] = {}
    new = []
    for source, leaf in zip(spec.call_paths, leaves, strict=True):
        rank = leaf.dim() if isinstance(leaf, torch.Tensor) else 0
        axes = [f"{source}.size()[{axis}]" for axis in range(rank)]
        wanted = [sizes.get(axis, old.get(axis, 0)) for axis in axes]
        for axis, where in enumerate(axes):
            if wanted[axis] != old[where]:
                changed[f"{names[source]}[{axis}]"] = (old[where], wanted[axis])
        new.append(grown(leaf, wanted) if rank else leaf)
    larger_args, larger_kwargs = pytree.tree_unflatten(new, structure)
    return Example(larger_args, larger_kwargs, changed)


def _named_values(spec: Spec) -> Iterator[tuple[Any, str]]:
    names = {entry["source"]: entry["name"] for entry in spec.inputs}
    for value in spec.values:
        yield value, names.get(value.source, value.source)


def grown(tensor: torch.Tensor, sizes: list[int]) -> torch.Tensor:
    """The tensor with these sizes: its values repeated, or cut; zeros if it has none.

    >>> grown(torch.tensor([3, 1]), [5])
    tensor([3, 1, 3, 1, 3])
    """
    if list(tensor.shape) == sizes:
        return tensor
    with torch.no_grad():
        if tensor.numel() == 0:
            larger = tensor.new_zeros(sizes)
        else:
            larger = tensor.detach()
            for axis, size in enumerate(sizes):
                index = torch.arange(size, device=tensor.device) % tensor.shape[axis]
                larger = larger.index_select(axis, index)
    return larger.requires_grad_(tensor.requires_grad)
