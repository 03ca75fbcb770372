"""Runs an exported program at the ends of every range of its spec.

The spec is read here with PyTorch's own functions only, so that a mistake of the
package in reading specs cannot hide itself.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sympy  # type: ignore[import-untyped]
import torch
from modules import Built
from torch.export import AdditionalInputs, Dim, ShapesCollection
from torch.export.dynamic_shapes import (
    _combine_args,
    _DerivedDim,
    _DimHint,
    _IntWrapper,
    _tree_map_with_path,
)
from torch.utils import _pytree as pytree
from torch.utils._sympy.numbers import int_oo

SMALLEST = 2  # tracing takes no promise about 0 and 1
TOO_MANY_ELEMENTS = 300_000
MOST_POINTS = 40

INTEGER = -1
Sizes = dict[tuple[int, int], int]
"""The size of an axis, by number of the value and of the axis; the axis of an integer
input is INTEGER."""


@dataclass(frozen=True)
class Axis:
    """An axis with a dim: its size is ``scale*root + offset``."""

    place: tuple[int, int]
    root: str
    scale: int
    offset: int


@dataclass(frozen=True)
class Range:
    """What a root may be."""

    low: int
    high: int | None
    example: int


@dataclass
class Reading:
    """A spec: axes with dims, roots, the example, axes with hints and their ranges."""

    axes: list[Axis]
    roots: dict[str, Range]
    example: Sizes
    hinted: list[tuple[int, int]]
    hints: dict[tuple[int, int], tuple[int, int | None]]

    def sizes(self, roots: dict[str, int]) -> Sizes:
        found = dict(self.example)
        found |= {a.place: a.scale * roots[a.root] + a.offset for a in self.axes}
        return found

    def solve(self, sizes: Sizes) -> dict[str, int] | None:
        """The roots for these sizes, or None where the spec does not allow them."""
        roots: dict[str, int] = {}
        for axis in self.axes:
            value, rest = divmod(sizes[axis.place] - axis.offset, axis.scale)
            if rest or roots.setdefault(axis.root, value) != value:
                return None
        for name, value in roots.items():
            span = self.roots[name]
            if value < span.low or (span.high is not None and value > span.high):
                return None
        free = {axis.place for axis in self.axes} | set(self.hinted)
        same = all(sizes[p] == n for p, n in self.example.items() if p not in free)
        return roots if same else None


def read(built: Built, shapes: Any) -> Reading:
    """Reads a spec against the example."""
    if isinstance(shapes, (ShapesCollection, AdditionalInputs)):
        made: Any = shapes.dynamic_shapes  # untyped in PyTorch
        shapes = made(built.module, built.args, built.kwargs)
    entries = _entries(built, shapes)
    reading = Reading([], {}, {}, [], {})
    for number, (value, entry) in enumerate(entries):
        if isinstance(value, _IntWrapper):
            _read_axis(reading, (number, INTEGER), entry, value.val)
        if not isinstance(value, torch.Tensor):
            continue
        for axis, size in enumerate(value.shape):
            place = (number, axis)
            _read_axis(reading, place, _axis_entry(entry, axis, value.dim()), size)
    return reading


def _entries(built: Built, shapes: Any) -> list[tuple[Any, Any]]:
    arguments = _combine_args(built.module, built.args, built.kwargs)
    wrapped = pytree.tree_map_only(int, _IntWrapper, arguments)
    if not shapes:
        return [(value, None) for value in pytree.tree_leaves(wrapped)]
    if isinstance(shapes, dict):
        shapes = {name: shapes[name] for name in wrapped}
    else:
        wrapped = type(shapes)(wrapped.values())
    found: list[tuple[Any, Any]] = []
    collect = lambda path, value, entry: found.append((value, entry))  # noqa: E731
    _tree_map_with_path(collect, wrapped, shapes, tree_name="inputs")
    return found


def _axis_entry(entry: Any, axis: int, rank: int) -> Any:
    if isinstance(entry, dict):
        return entry.get(axis, entry.get(axis - rank))
    return entry[axis] if entry else None


def _read_axis(reading: Reading, place: tuple[int, int], entry: Any, size: int) -> None:
    reading.example[place] = size
    if isinstance(entry, _DimHint):
        if entry.type.name != "STATIC":
            reading.hinted.append(place)
            high = None if entry.max is None or entry.max == int_oo else int(entry.max)
            reading.hints[place] = (int(entry.min or 0), high)
    elif isinstance(entry, Dim):
        root, scale, offset = entry, 1, 0
        if isinstance(entry, _DerivedDim):
            root, offset = entry.root, int(entry.fn(0))
            scale = int(entry.fn(1)) - offset
        reading.axes.append(Axis(place, root.__name__, scale, offset))
        high = None if root.max == int_oo else int(root.max)
        span = Range(int(root.min), high, (size - offset) // scale)
        reading.roots.setdefault(root.__name__, span)


def with_hints_as(named: Reading, shapes: Reading) -> Reading:
    """A reading whose axes with hints move as the named dims of another one say.

    A dim that became Dim.DYNAMIC has no name left, yet its axes still go together.
    """
    missing = [axis for axis in named.axes if axis.place in shapes.hinted]
    spans = {name: named.roots[name] for name in {axis.root for axis in missing}}
    hinted = [p for p in shapes.hinted if p not in {axis.place for axis in missing}]
    axes = [*shapes.axes, *missing]
    return Reading(axes, spans | shapes.roots, shapes.example, hinted, shapes.hints)


def lowest(reading: Reading, name: str) -> int:
    """The least root for which no axis is 0 or 1."""
    least = reading.roots[name].low
    for axis in reading.axes:
        if axis.root == name:
            need = -((axis.offset - SMALLEST) // axis.scale)
            least = max(least, need)
    return least


def ends(reading: Reading, name: str) -> list[int]:
    """The sizes to try for one root: both ends, the example, two inner ones."""
    low, span = lowest(reading, name), reading.roots[name]
    high = span.high
    far = span.example * 3 + 5 if high is None else high
    inner = [span.example, low + 1, span.example + 1, (low + far) // 2, far - 1]
    tries = [low, far, *inner]
    return list(
        dict.fromkeys(v for v in tries if v >= low and (high is None or v <= high))
    )


def points(reading: Reading) -> Iterator[dict[str, int]]:
    """Assignments of the roots: corners first, then inner ones, at most MOST_POINTS."""
    names = list(reading.roots)
    tries = {name: ends(reading, name) for name in names}
    corners = itertools.product(*(tries[name][:2] for name in names))
    example = {name: reading.roots[name].example for name in names}
    single = [{**example, name: value} for name in names for value in tries[name]]
    every = itertools.chain((dict(zip(names, c, strict=True)) for c in corners), single)
    seen: set[tuple[int, ...]] = set()
    for point in itertools.islice(every, 400):
        key = tuple(point.values())
        if key not in seen and len(seen) < MOST_POINTS and _in_hints(reading, point):
            seen.add(key)
            yield point


def _in_hints(reading: Reading, point: dict[str, int]) -> bool:
    sizes = reading.sizes(point)
    named = (axis.place for axis in reading.axes if axis.place in reading.hints)
    spans = ((sizes[place], *reading.hints[place]) for place in named)
    return all(low <= n and (high is None or n <= high) for n, low, high in spans)


def resized(built: Built, sizes: Sizes) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of the example at other sizes; integers repeat the example's."""
    arguments = _combine_args(built.module, built.args, built.kwargs)
    values, tree = pytree.tree_flatten(arguments)
    made = []
    for number, value in enumerate(values):
        shape = _shape(value, number, sizes)
        if isinstance(value, torch.Tensor) and shape != tuple(value.shape):
            made.append(_like(value, shape))
        else:
            made.append(sizes.get((number, INTEGER), value))
    named = pytree.tree_unflatten(made, tree)
    return _split(built, named)


def _shape(value: Any, number: int, sizes: Sizes) -> tuple[int, ...]:
    rank = value.dim() if isinstance(value, torch.Tensor) else 0
    return tuple(sizes[number, axis] for axis in range(rank))


def _like(value: torch.Tensor, shape: tuple[int, ...]) -> torch.Tensor:
    if value.is_floating_point():
        return torch.randn(shape, dtype=value.dtype)
    count = math.prod(shape)
    flat = value.flatten()
    return flat.repeat(count // max(1, flat.numel()) + 1)[:count].view(shape)


def _split(
    built: Built, named: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Named arguments as the positional and keyword ones of the call."""
    marks = tuple(object() for _ in built.args)
    words = {key: object() for key in built.kwargs}
    where: dict[int, Any] = {}
    for name, mark in _combine_args(built.module, marks, words).items():
        if isinstance(mark, tuple):
            where |= {id(m): named[name][i] for i, m in enumerate(mark)}
        elif isinstance(mark, dict):
            where |= {id(m): named[name][k] for k, m in mark.items()}
        else:
            where[id(mark)] = named[name]
    args = tuple(where[id(mark)] for mark in marks)
    return args, {key: where[id(mark)] for key, mark in words.items()}


def hinted_sizes(program: Any, reading: Reading, sizes: Sizes) -> Iterator[Sizes]:
    """Sizes for the axes with hints: what the program says of them, then guesses."""
    if not reading.hinted:
        yield sizes
        return
    shapes = _traced(program)
    known: dict[Any, int] = {}
    for axis in reading.axes:
        expr = shapes.get(axis.place)
        if expr is not None and len(expr.free_symbols) == 1:
            symbol = next(iter(expr.free_symbols))
            found = sympy.solve(expr - sizes[axis.place], symbol)
            if len(found) == 1 and found[0].is_Integer:
                known[symbol] = int(found[0])
    exprs = {p: shapes[p].subs(known) for p in reading.hinted if p in shapes}
    free = sorted({s for e in exprs.values() for s in e.free_symbols}, key=str)
    for guess in _guesses(reading, free, shapes, sizes):
        new = {p: e.subs(guess) for p, e in exprs.items()}
        if all(e.is_Integer and e >= 0 for e in new.values()):
            yield sizes | {p: int(e) for p, e in new.items()}


def _guesses(
    reading: Reading, free: list[Any], shapes: dict[Any, Any], sizes: Sizes
) -> Iterable[dict[Any, int]]:
    example: dict[Any, int] = {}
    for place, expr in shapes.items():
        if expr in free:
            example[expr] = reading.example[place]
    yield {s: example.get(s, 4) for s in free}
    known = list(sizes.values())
    pairs = [(a, b) for a in known for b in known]
    near = {n * m + k for n in known for m in (1, 2, 3, 4, 6, 8) for k in (-1, 0, 1)}
    near |= {n // m for n in known for m in (2, 3, 4)}
    near |= {a + b for a, b in pairs} | {abs(a - b) for a, b in pairs}
    near |= set(range(2, 40))
    tries = itertools.product(sorted(near), repeat=len(free))
    for values in itertools.islice(tries, 600):
        yield dict(zip(free, values, strict=True))


def _traced(program: Any) -> dict[tuple[int, int], Any]:
    """The expression of each axis in the program, by place."""
    inputs = program.graph_signature.user_inputs
    nodes = {n.name: n for n in program.graph.nodes if n.op == "placeholder"}
    found = {}
    for number, name in enumerate(inputs):
        value = nodes[name].meta.get("val") if name in nodes else None
        if isinstance(value, torch.Tensor):
            for axis, size in enumerate(value.shape):
                found[number, axis] = _expr(size)
        elif isinstance(value, torch.SymInt):
            found[number, INTEGER] = _expr(value)
    return found


def _expr(size: Any) -> Any:
    return size.node.expr if isinstance(size, torch.SymInt) else sympy.Integer(size)
