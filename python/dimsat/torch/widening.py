"""Makes room in a spec for its own example, so that the export can be traced at all.

PyTorch stops before it traces where the example lies outside of what the spec
promises.  What the model itself demands is then unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch.export import Dim

from dimsat.torch.dims import Line, hint_like, is_dim, is_hint, line_of, upper
from dimsat.torch.rebuild import rebuild, replaced
from dimsat.torch.spec import Leaf, Spec, describe


@dataclass(frozen=True)
class Widening:
    """A spec with room for its example.

    ``promised`` keeps the ranges that the user gave: only what no size could mend is
    changed: a number that is not the example's, a Dim that stands for two different
    sizes or for one below 0, a hint whose range misses the example.
    ``dynamic_shapes`` has wider ranges as well and can be traced.  ``notes`` says what
    was done.
    """

    promised: Spec
    dynamic_shapes: Any
    notes: tuple[str, ...]


def widened(
    model: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], spec: Spec
) -> Widening | None:
    """The spec with room for the example; None where it has room already."""
    change = _Change(spec)
    shapes = replaced(spec, change.entry)
    changed = spec if shapes is spec.given else describe(model, args, kwargs, shapes)
    shapes = rebuild(changed, _possible_ranges(changed))
    if shapes is not changed.given:
        changed = describe(model, args, kwargs, shapes)
    fixes = _wider_ranges(changed)
    if changed is spec and not fixes:
        return None
    return Widening(changed, rebuild(changed, fixes), tuple(change.notes))


def root_sizes(spec: Spec) -> dict[str, int]:
    """The size of each root in the example, as its first axis tells it."""
    sizes: dict[str, int] = {}
    lines = [(line_of(f.entry), f) for f in spec.leaves if is_dim(f.entry)]
    for line, leaf in sorted(lines, key=lambda pair: pair[0] != Line(pair[0].root)):
        if (leaf.size - line.offset) % line.scale == 0:
            sizes.setdefault(line.root, (leaf.size - line.offset) // line.scale)
    return sizes


def _possible_ranges(spec: Spec) -> list[dict[str, Any]]:
    """Higher minima for roots at which a derived axis would be below 0."""
    roots = spec.roots()
    return [
        {"dim": dim["name"], "min": dim["min"], "max": dim.get("max")}
        for dim in spec.dims
        if dim.get("min", 0) > roots[spec.names[dim["name"]]].min
    ]


def _wider_ranges(spec: Spec) -> list[dict[str, Any]]:
    fixes = []
    sizes = root_sizes(spec)
    for dim in spec.dims:
        size = sizes[spec.names[dim["name"]]]
        least, most = dim.get("min", 0), dim.get("max")
        if size < least or (most is not None and size > most):
            wide = None if most is None else max(most, size)
            fixes.append({"dim": dim["name"], "min": min(least, size), "max": wide})
    return fixes


class _Change:
    """Replaces what contradicts the example whatever the ranges are."""

    def __init__(self, spec: Spec) -> None:
        self._sizes = root_sizes(spec)
        self._ranges = {spec.names[dim["name"]]: dim for dim in spec.dims}
        self._own: dict[tuple[Line, int], Dim] = {}
        self.notes: list[str] = []

    def entry(self, leaf: Leaf) -> Any:
        entry = leaf.entry
        if isinstance(entry, int) and leaf.axis is not None and entry != leaf.size:
            self.notes.append(
                f"{leaf.source} is {leaf.size} in the example, not {entry}"
            )
            return leaf.size
        if is_hint(entry) and leaf.axis is not None:
            return self._hint(leaf)
        if not is_dim(entry):
            return entry
        line = line_of(entry)
        size = self._sizes.get(line.root)
        if size is not None and line.at(size) == leaf.size:
            return entry
        return self._own_dim(leaf, line)

    def _hint(self, leaf: Leaf) -> Any:
        """The hint with a range that holds the example."""
        least, most = leaf.entry.min or 0, upper(leaf.entry.max)
        if least <= leaf.size and (most is None or leaf.size <= most):
            return leaf.entry
        least = min(least, leaf.size)
        most = None if most is None else max(most, leaf.size)
        self.notes.append(
            f"{leaf.source} is {leaf.size} in the example, which its hint leaves out"
        )
        return hint_like(leaf.entry, least, most)

    def _own_dim(self, leaf: Leaf, line: Line) -> Dim:
        """A Dim of its own for axes that cannot follow the one they name."""
        if (line, leaf.size) not in self._own:
            dim = self._ranges[line.root]
            name = self._fresh(line.root)
            most = None if dim.get("max") is None else line.at(dim["max"])
            least = max(line.at(dim.get("min", 0)), 0)
            self._own[line, leaf.size] = Dim(name, min=least or None, max=most)
            size = self._sizes.get(line.root)
            known = "" if size is None else f", where {line.root} is {size}"
            self.notes.append(
                f"{leaf.source} is {leaf.size} in the example, which {line} cannot"
                f" be{known}: it became a dim of its own, {name}"
            )
        return self._own[line, leaf.size]

    def _fresh(self, root: str) -> str:
        taken = self._ranges.keys() | {dim.__name__ for dim in self._own.values()}
        count = 2
        while f"{root}_{count}" in taken:
            count += 1
        return f"{root}_{count}"
