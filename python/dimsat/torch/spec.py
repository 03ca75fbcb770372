"""Reads the user's ``dynamic_shapes``, in every form that torch.export takes.

The spec is walked together with the arguments it describes, because only these tell
where a tensor's own entry begins: ``(a, b)`` may be a shape or two shapes.  A spec may
also hold an instance of a registered dataclass where PyTorch wants a list.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.export import AdditionalInputs, Dim, ShapesCollection
from torch.utils import _pytree as pytree

from dimsat.torch import internals
from dimsat.torch.dims import is_dim, known_as, line_of, root_of, shape_entry, upper
from dimsat.torch.structure import without_records

Path = tuple[pytree.KeyEntry, ...]


@dataclasses.dataclass(frozen=True)
class Leaf:
    """One axis of one tensor, or one integer argument.

    ``source`` is its name in guards, ``path`` leads to the value within the arguments,
    ``input`` counts all values, ``axis`` is None for an integer, ``entry`` is the
    user's own object (None where the spec is silent), ``size`` the example's.
    """

    source: str
    path: Path
    input: int
    axis: int | None
    entry: Any
    size: int


@dataclasses.dataclass(frozen=True)
class Value:
    """One value of the arguments, with what the spec says about the whole of it."""

    source: str
    path: Path
    value: Any
    entry: Any


@dataclasses.dataclass(frozen=True)
class Spec:
    """A spec, read against a model and its example arguments.

    ``given`` is the user's object.  ``plain`` is the same as nested dicts, tuples and
    lists, as torch.export takes it.  ``dims`` and ``inputs`` are those of the problem
    format, without "traced".  ``call_paths`` tells how to reach each value from the
    ``args`` and ``kwargs`` of the call.  ``names`` gives each dim of the problem its
    name in the spec: the two differ where the format has another use for the word.
    """

    given: Any
    plain: Any
    arguments: dict[str, Any]
    values: tuple[Value, ...]
    leaves: tuple[Leaf, ...]
    dims: list[dict[str, Any]]
    inputs: list[dict[str, Any]]
    call_paths: dict[str, str]
    names: dict[str, str]

    @property
    def exportable(self) -> Any:
        """What to hand to torch.export: ``given`` wherever PyTorch understands it."""
        if isinstance(self.given, (ShapesCollection, AdditionalInputs)):
            return self.given
        return self.plain

    @property
    def strict_sources(self) -> dict[str, str]:
        """What strict mode's names stand for: ``L['flat_args'][0]`` is ``L['x']``."""
        names = enumerate(self.call_paths)
        return {f"L['flat_args'][{number}]": source for number, source in names}

    @functools.cached_property
    def same_tensor(self) -> dict[str, str]:
        """For each tensor the first input that is the same one: PyTorch traces once."""
        first: dict[int, str] = {}
        return {
            value.source: first.setdefault(id(value.value), value.source)
            for value in self.values
            if isinstance(value.value, torch.Tensor)
        }

    def roots(self) -> dict[str, Dim]:
        """The user's Dim objects that others follow or that stand alone, by name."""
        found: dict[str, Dim] = {}
        for leaf in self.leaves:
            if is_dim(leaf.entry):
                root = root_of(leaf.entry)
                if root is leaf.entry or root.__name__ not in found:
                    found.setdefault(root.__name__, root)
        return found


def describe(
    model: torch.nn.Module,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any] | None,
    dynamic_shapes: Any,
) -> Spec:
    """Reads a spec against the arguments of one export.

    Raises what torch.export raises for a spec that does not fit the arguments, and
    ValueError for an axis that the tensor does not have or that is given twice.

    >>> class Double(torch.nn.Module):
    ...     def forward(self, x):
    ...         return 2 * x
    >>> spec = describe(Double(), (torch.ones(8, 3),), None, {"x": {0: Dim("n")}})
    >>> spec.dims, spec.inputs[0]["shape"]
    ([{'name': 'n'}], ['n', None])
    """
    kwargs = dict(kwargs or {})
    arguments = internals.combine_args(model, args, kwargs)
    plain = _plain(model, args, kwargs, dynamic_shapes, arguments)
    values = _values(arguments, plain)
    leaves = _leaves(values)
    return Spec(
        given=dynamic_shapes,
        plain=plain,
        arguments=arguments,
        values=values,
        leaves=leaves,
        dims=_dims(leaves),
        inputs=_inputs(values, leaves),
        call_paths=_call_paths(model, args, kwargs),
        names={known_as(n): n for n in _root_names(leaves)},
    )


def by_position(spec: Any) -> bool:
    """True for a spec that lists its arguments instead of naming them."""
    return isinstance(spec, (tuple, list))


def matching(arguments: dict[str, Any], plain: Any) -> Any:
    """The arguments in the form in which they match a plain spec."""
    return type(plain)(arguments.values()) if by_position(plain) else arguments


def _plain(
    model: torch.nn.Module,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    spec: Any,
    arguments: dict[str, Any],
) -> Any:
    if isinstance(spec, (ShapesCollection, AdditionalInputs)):
        read: Any = spec.dynamic_shapes  # untyped in PyTorch
        return read(model, args, kwargs)
    if spec is None or (isinstance(spec, (dict, tuple, list)) and not spec):
        return spec
    if isinstance(spec, dict):
        return {k: without_records(arguments.get(k), v) for k, v in spec.items()}
    if by_position(spec):
        pairs = zip(arguments.values(), spec, strict=False)
        flat = [without_records(value, entry) for value, entry in pairs]
        flat += spec[len(flat) :]
        return flat if isinstance(spec, list) else tuple(flat)
    return spec


def _values(arguments: dict[str, Any], plain: Any) -> tuple[Value, ...]:
    paths = pytree.tree_flatten_with_path(arguments)[0]
    entries: list[Any] = [None] * len(paths)
    if plain is not None and not (hasattr(plain, "__len__") and len(plain) == 0):
        entries = _entries(arguments, plain)
    return tuple(
        Value(source_of(path), path, value, entry)
        for (path, value), entry in zip(paths, entries, strict=True)
    )


def _entries(arguments: dict[str, Any], plain: Any) -> list[Any]:
    """The spec's entry for each value, in the order of the values."""
    wrapped = pytree.tree_map_only(int, internals.IntWrapper, arguments)
    with internals.unlogged():
        internals.check_dynamic_shapes(wrapped, pytree.tree_map(_checkable, plain))
    if isinstance(plain, dict):
        plain = {name: plain[name] for name in arguments}
    entries: list[Any] = []
    internals.tree_map_with_path(
        lambda path, value, entry: entries.append(entry),
        matching(arguments, plain),
        plain,
        tree_name="inputs",
    )
    return entries


def _checkable(entry: Any) -> Any:
    """What to check of an entry: a derived Dim fails where its root starts too low."""
    return entry if not is_dim(entry) or root_of(entry) is entry else Dim.AUTO


def source_of(path: Path) -> str:
    """The name of a value in guards.

    >>> source_of((pytree.MappingKey("d"), pytree.SequenceKey(0)))
    "L['d'][0]"
    """
    return f"L[{key_of(path[0])!r}]{pytree.keystr(path[1:])}"


def key_of(entry: Any) -> Any:
    """The index, key or attribute name that one step of a path stands for."""
    for attribute in ("idx", "key", "name"):
        if hasattr(entry, attribute):
            return getattr(entry, attribute)
    raise TypeError(f"a step of a kind that PyTorch's export does not name: {entry}")


def _leaves(values: Sequence[Value]) -> tuple[Leaf, ...]:
    leaves = []
    for number, v in enumerate(values):
        if isinstance(v.value, torch.Tensor):
            for axis, entry in enumerate(axis_entries(v)):
                source = f"{v.source}.size()[{axis}]"
                size = int(v.value.shape[axis])
                leaves.append(Leaf(source, v.path, number, axis, entry, size))
        elif isinstance(v.value, (int, internals.IntWrapper)) and not isinstance(
            v.value, bool
        ):
            size = v.value.val if isinstance(v.value, internals.IntWrapper) else v.value
            leaves.append(Leaf(v.source, v.path, number, None, v.entry, size))
    return tuple(leaves)


def axis_entries(value: Value) -> list[Any]:
    """The entry of each axis of a tensor; ValueError for an axis it does not have."""
    rank = value.value.dim()
    entries: list[Any] = [None] * rank
    if isinstance(value.entry, (tuple, list)):
        return list(value.entry)
    given: dict[int, Any] = {}
    for key, entry in (value.entry or {}).items():
        if not -rank <= key < rank:
            raise ValueError(
                f"dynamic_shapes names axis {key} of {value.source},"
                f" which has {rank} axes"
            )
        axis = key % rank
        if axis in given:
            raise ValueError(
                f"dynamic_shapes names axis {axis} of {value.source} twice, "
                f"as {given[axis]} and as {key}"
            )
        given[axis] = key
        entries[axis] = entry
    return entries


def _root_names(leaves: Sequence[Leaf]) -> list[str]:
    dims = [root_of(leaf.entry) for leaf in leaves if is_dim(leaf.entry)]
    return list(dict.fromkeys(dim.__name__ for dim in dims))


def _dims(leaves: Sequence[Leaf]) -> list[dict[str, Any]]:
    """The roots in the order of their first axis; all that speak of one narrow it."""
    found: dict[str, dict[str, Any]] = {}
    for leaf in leaves:
        if not is_dim(leaf.entry):
            continue
        root, line = root_of(leaf.entry), line_of(leaf.entry)
        dim = found.setdefault(root.__name__, {"name": known_as(root.__name__)})
        least = max(int(root.min), -(line.offset // line.scale))  # no size is below 0
        if least > dim.get("min", 0):
            dim["min"] = least
        if (most := upper(root.max)) is not None:
            dim["max"] = min(most, dim.get("max", most))
    return list(found.values())


def _inputs(values: Sequence[Value], leaves: Sequence[Leaf]) -> list[dict[str, Any]]:
    axes: dict[int, list[Leaf]] = {}
    for leaf in leaves:
        if leaf.axis is not None:
            axes.setdefault(leaf.input, []).append(leaf)
    return [
        {
            "name": _input_name(value),
            "source": value.source,
            "shape": [shape_entry(leaf.entry) for leaf in axes.get(number, [])],
            "hint": [int(size) for size in value.value.shape],
        }
        for number, value in enumerate(values)
        if isinstance(value.value, torch.Tensor)
    ]


def _input_name(value: Value) -> str:
    return f"{key_of(value.path[0])}{pytree.keystr(value.path[1:])}"


def _call_paths(
    model: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, str]:
    """How each value is reached from ``args`` and ``kwargs``, by its source.

    They stand in the order of the call, which need not be that of the signature.
    """
    marks = tuple(_Mark((0, i)) for i in range(len(args)))
    named = {k: _Mark((1, k)) for k in kwargs}
    heads: dict[tuple[int, Any], str] = {}
    for name, mark in internals.combine_args(model, marks, named).items():
        for path, found in pytree.tree_flatten_with_path(mark)[0]:
            heads[found.key] = f"L[{name!r}]{pytree.keystr(path)}"
    paths = {}
    for path, _ in pytree.tree_flatten_with_path((tuple(args), kwargs))[0]:
        head = heads[(key_of(path[0]), key_of(path[1]))]
        where = "kwargs" if key_of(path[0]) else "args"
        paths[head + pytree.keystr(path[2:])] = where + pytree.keystr(path[1:])
    return paths


@dataclasses.dataclass(frozen=True)
class _Mark:
    """Stands for one argument while they are bound to the signature."""

    key: tuple[int, Any]
