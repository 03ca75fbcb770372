"""A spec as Python text that can be pasted into a program.

The text first makes the Dims, then ``dynamic_shapes``.  A ShapesCollection refers to
the tensors through the names ``args`` and ``kwargs`` of the call to export.
"""

from __future__ import annotations

import builtins
import dataclasses
import itertools
import keyword
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator
from typing import Any, TypeAlias

from torch.export import AdditionalInputs, Dim, ShapesCollection

from dimsat.torch import internals
from dimsat.torch.dims import Line, is_dim, is_hint, line_of, root_of, upper
from dimsat.torch.spec import Spec
from dimsat.torch.structure import is_record

WIDTH = 79
Tree: TypeAlias = "str | _Brackets"
_TAKEN = {"Dim", "ShapesCollection", "dynamic_shapes", "torch", "args", "kwargs"}


def paste(spec: Spec, dynamic_shapes: Any) -> str:
    """Python text whose execution makes this ``dynamic_shapes``.

    ``dynamic_shapes`` is what ``rebuild`` gave for the spec, or the user's own.

    >>> import torch
    >>> from dimsat.torch.spec import describe
    >>> class Double(torch.nn.Module):
    ...     def forward(self, x):
    ...         return 2 * x
    >>> given = {"x": {0: 4 * Dim("n", min=1), 1: Dim.AUTO}}
    >>> print(paste(describe(Double(), (torch.ones(8, 3),), None, given), given))
    from torch.export import Dim
    <BLANKLINE>
    n = Dim("n", min=1)
    dynamic_shapes = {"x": {0: 4*n, 1: Dim.AUTO}}
    """
    if isinstance(dynamic_shapes, AdditionalInputs):
        dynamic_shapes = spec.plain
    writer = _Writer(_dims(spec, dynamic_shapes))
    body = writer.definition(spec, dynamic_shapes)
    definitions = list(writer.definitions())
    return "\n".join([*writer.imports(), "", *definitions, *body]).lstrip("\n")


def _dims(spec: Spec, shapes: Any) -> list[Dim]:
    """The roots of all Dims in a spec, in the order of their first appearance."""
    if isinstance(shapes, ShapesCollection):
        shapes = list(internals.collected_shapes(shapes).values())
    found: dict[str, Dim] = {}
    for entry in _single_entries(shapes):
        if is_dim(entry):
            root = root_of(entry)
            found.setdefault(root.__name__, root)
    return list(found.values())


def _single_entries(shapes: Any) -> Iterator[Any]:
    if isinstance(shapes, dict):
        children = list(shapes.values())
    elif isinstance(shapes, (tuple, list, deque)):
        children = list(shapes)
    elif is_record(shapes):
        children = [getattr(shapes, name) for name in _fields(shapes)]
    else:
        yield shapes
        return
    for child in children:
        yield from _single_entries(child)


class _Writer:
    """Collects names and imports while it writes the structure."""

    def __init__(self, roots: list[Dim]) -> None:
        self._roots = roots
        self._variables: dict[str, str] = {}
        for root in roots:
            self._variables[root.__name__] = self._variable(root.__name__)
        self._imports: dict[str, set[str]] = {}

    def _variable(self, name: str) -> str:
        taken = _TAKEN | set(self._variables.values()) | set(dir(builtins))
        tries = (name + "_" * count for count in itertools.count())
        return next(n for n in tries if n not in taken and not keyword.iskeyword(n))

    def imports(self) -> list[str]:
        return [
            f"from {module} import {', '.join(sorted(names))}"
            for module, names in sorted(self._imports.items())
        ]

    def definitions(self) -> Iterator[str]:
        for root in self._roots:
            self._need("torch.export", "Dim")
            bounds = "".join(f", {key}={value}" for key, value in _bounds(root))
            name = root.__name__
            yield f'{self._variables[name]} = Dim("{name}"{bounds})'

    def definition(self, spec: Spec, shapes: Any) -> list[str]:
        """The lines that define ``dynamic_shapes``."""
        if not isinstance(shapes, ShapesCollection):
            return self._assign("dynamic_shapes", shapes)
        self._need("torch.export", "ShapesCollection")
        lines = ["dynamic_shapes = ShapesCollection()"]
        shown: set[int] = set()
        for value in spec.values:
            known = id(value.value) in internals.collected_shapes(shapes)
            if known and id(value.value) not in shown:
                shown.add(id(value.value))
                target = f"dynamic_shapes[{spec.call_paths[value.source]}]"
                entry = shapes[value.value]
                lines += self._assign(target, entry)
        return lines

    def _assign(self, target: str, value: Any) -> list[str]:
        return layout(self._tree(value), f"{target} = ", "")

    def _need(self, module: str, name: str) -> str:
        self._imports.setdefault(module, set()).add(name)
        return name

    def _tree(self, value: Any) -> Tree:
        if is_dim(value):
            line = line_of(value)
            return str(Line(self._variables[line.root], line.scale, line.offset))
        if is_hint(value):
            self._need("torch.export", "Dim")
            bounds = ", ".join(f"{key}={number}" for key, number in _bounds(value))
            return f"Dim.{value.type.name}" + (f"({bounds})" if bounds else "")
        if isinstance(value, dict):
            items = [(f"{_quoted(k)}: ", self._tree(v)) for k, v in value.items()]
            return _Brackets(*self._dict_brackets(value), items)
        if is_record(value) or hasattr(value, "_fields"):
            return self._record(value)
        if isinstance(value, (tuple, list, deque)):
            items = [("", self._tree(item)) for item in value]
            return _Brackets(*self._sequence_brackets(value), items)
        return repr(value)

    def _record(self, value: Any) -> Tree:
        fields = _fields(value) if is_record(value) else value._fields
        kind = type(value)
        name = self._need(kind.__module__, kind.__qualname__.split(".")[0])
        items = [(f"{f}=", self._tree(getattr(value, f))) for f in fields]
        return _Brackets(f"{name}(", ")", items)

    def _dict_brackets(self, value: dict[Any, Any]) -> tuple[str, str]:
        if isinstance(value, OrderedDict):
            return f"{self._need('collections', 'OrderedDict')}({{", "})"
        if isinstance(value, defaultdict):
            return f"{self._need('collections', 'defaultdict')}(None, {{", "})"
        return "{", "}"

    def _sequence_brackets(self, value: Any) -> tuple[str, str]:
        if isinstance(value, deque):
            return f"{self._need('collections', 'deque')}([", "])"
        if isinstance(value, list):
            return "[", "]"
        return "(", ",)" if len(value) == 1 else ")"


@dataclasses.dataclass(frozen=True)
class _Brackets:
    """A container: its brackets, and its items with what stands before each."""

    opening: str
    closing: str
    items: list[tuple[str, Tree]]

    def __str__(self) -> str:
        return (
            self.opening
            + ", ".join(f"{before}{item}" for before, item in self.items)
            + self.closing
        )


def layout(tree: Tree, before: str, indent: str) -> list[str]:
    """The lines of a tree: on one line where it fits, else one item a line."""
    flat = f"{indent}{before}{tree}"
    if isinstance(tree, str) or len(flat) <= WIDTH or not tree.items:
        return [flat]
    lines = [f"{indent}{before}{tree.opening}"]
    for head, item in tree.items:
        lines += layout(item, head, indent + "    ")
        lines[-1] += ","
    return [*lines, indent + tree.closing.lstrip(",")]


def _fields(value: Any) -> list[str]:
    return [field.name for field in dataclasses.fields(value)]


def _bounds(dim: Any) -> Iterator[tuple[str, int]]:
    if dim.min:
        yield "min", int(dim.min)
    if (most := upper(dim.max)) is not None:
        yield "max", most


def _quoted(key: Any) -> str:
    plain = isinstance(key, str) and key.isprintable() and not {'"', "\\"} & set(key)
    return f'"{key}"' if plain else repr(key)
