"""Small models and ways to compare specs, for several tests."""

from __future__ import annotations

import dataclasses
import itertools
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.export import Dim
from torch.utils import _pytree as pytree

from dimsat.torch.dims import is_dim, is_hint, line_of, root_of, upper
from dimsat.torch.spec import Spec, describe


class Forward(torch.nn.Module):
    """A model that is one function of its inputs."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Any, y: Any = None, z: Any = None) -> Any:
        return self.function(*(a for a in (x, y, z) if a is not None))


@dataclasses.dataclass
class Pair:
    a: torch.Tensor
    b: torch.Tensor


torch.export.register_dataclass(Pair)


def entry_text(entry: Any) -> str:
    """An entry of a spec as text that tells all it says."""
    if is_dim(entry):
        root = root_of(entry)
        return f"{line_of(entry)} [{root.min}, {upper(root.max)}]"
    if is_hint(entry):
        return f"{entry.type.name} [{entry.min}, {entry.max}]"
    return repr(entry)


def told(shapes: Any) -> Any:
    """A spec with texts for entries, so that two can be compared with ==."""
    if isinstance(shapes, (dict, OrderedDict)):
        return (type(shapes).__name__, {k: told(v) for k, v in shapes.items()})
    if isinstance(shapes, (list, tuple, deque)):
        return (type(shapes).__name__, [told(v) for v in shapes])
    if isinstance(shapes, Pair):
        return ("Pair", told(shapes.a), told(shapes.b))
    return entry_text(shapes)


def corners(spec: Spec) -> Iterator[dict[str, int]]:
    """Sizes of the roots at the ends of their ranges, and a little inside.

    Below 2 only where the spec says so itself: PyTorch's default minimum is 0.
    """
    picks = {}
    for name, root in spec.roots().items():
        lines = [
            line_of(leaf.entry)
            for leaf in spec.leaves
            if is_dim(leaf.entry) and line_of(leaf.entry).root == name
        ]
        least = int(root.min)
        while not root.min and any(line.at(least) < 2 for line in lines):
            least += 1
        most = upper(root.max)
        most = least + 60 if most is None else min(most, least + 3000)
        picks[name] = sorted({least, min(least + 1, most), max(most - 1, least), most})
    for sizes in itertools.islice(itertools.product(*picks.values()), 60):
        yield dict(zip(picks, sizes, strict=True))


def refused(program: Any, model: torch.nn.Module, args: Any, shapes: Any) -> list[str]:
    """What the program says to the corners of its spec; empty if it takes them all.

    An axis with a hint follows whatever had its size in the example.
    """
    spec = describe(model, args, None, shapes)
    module = program.module()
    said = []
    for sizes in corners(spec):
        values = []
        follows = {
            leaf.size: line_of(leaf.entry).at(sizes[line_of(leaf.entry).root])
            for leaf in spec.leaves
            if is_dim(leaf.entry)
        }
        for number, value in enumerate(spec.values):
            shape = [
                line_of(leaf.entry).at(sizes[line_of(leaf.entry).root])
                if is_dim(leaf.entry)
                else (follows if is_hint(leaf.entry) else {}).get(leaf.size, leaf.size)
                for leaf in spec.leaves
                if leaf.input == number and leaf.axis is not None
            ]
            tensor = isinstance(value.value, torch.Tensor)
            values.append(
                torch.zeros(shape, dtype=value.value.dtype) if tensor else value.value
            )
        structure = pytree.tree_structure(spec.arguments)
        arguments = pytree.tree_unflatten(values, structure)
        try:
            module(*arguments.values())
        except (AssertionError, RuntimeError) as error:
            said.append(f"{sizes}: {error}")
    return said


def dim(name: str, least: int | None = None, most: int | None = None) -> Dim:
    return Dim(name, min=least, max=most)
