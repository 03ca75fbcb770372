"""Walks a spec and the arguments it describes side by side.

What a spec means at some place is decided by the argument at that place: under a
tensor it is a shape, under a container it is a container.  A dataclass or another
class known to PyTorch's pytree counts as the list of its parts; for a dataclass the
spec may also be an instance of the same class.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import torch
from torch.utils import _pytree as pytree

from dimsat.torch import internals

Change = Callable[[Any, Any], Any]


def rewrite(value: Any, entry: Any, change: Change) -> Any:
    """The entry with ``change(value, entry)`` in the place of each single entry.

    Values come in the order of PyTorch's pytree.  What does not change stays the same
    object, whole containers included; others keep their type.

    >>> rewrite([1, 2], [None, 5], lambda value, entry: entry or value)
    [1, 5]
    """
    kind = internals.node_kind(value)
    if kind is None:
        return change(value, entry)
    if is_record(entry) and type(entry) is type(value):
        return _rewrite_record(value, entry, change)
    if kind not in pytree.BUILTIN_TYPES:
        parts = pytree.SUPPORTED_NODES[kind].flatten_fn(value)[0]
        return rewrite(parts, entry, change)
    if isinstance(value, dict):
        new = {key: rewrite(value[key], entry[key], change) for key in value}
        return replace_items(entry, new)
    return replace_sequence(
        entry, [rewrite(v, e, change) for v, e in zip(value, entry, strict=True)]
    )


def without_records(value: Any, entry: Any) -> Any:
    """An entry of the spec with lists where the user wrote dataclasses.

    Places where the structures differ are left alone: torch.export says it better.
    """
    if is_record(entry) and type(entry) is type(value):
        names = record_fields(value)
        return [without_records(getattr(value, n), getattr(entry, n)) for n in names]
    if isinstance(value, torch.Tensor) or type(entry) is not type(value):
        return entry
    if isinstance(entry, dict) and entry.keys() == value.keys():
        new = {key: without_records(value[key], entry[key]) for key in entry}
        return replace_items(entry, new)
    if isinstance(entry, (tuple, list)) and len(entry) == len(value):
        items = [without_records(v, e) for v, e in zip(value, entry, strict=True)]
        return replace_sequence(entry, items)
    return entry


def is_record(value: Any) -> bool:
    """True for an instance of a dataclass that PyTorch takes as its list of fields."""
    return (
        dataclasses.is_dataclass(value)
        and not isinstance(value, type)
        and type(value) in pytree.SUPPORTED_NODES
    )


def record_fields(value: Any) -> list[str]:
    """The fields of a registered dataclass that hold values, in PyTorch's order."""
    node = pytree.SUPPORTED_NODES[type(value)]
    if node.flatten_with_keys_fn is None:
        count = len(node.flatten_fn(value)[0])
        return [field.name for field in dataclasses.fields(value)][:count]
    return [str(key.name) for key, _ in node.flatten_with_keys_fn(value)[0]]  # type: ignore[attr-defined]


def replace_items(entry: Any, new: dict[Any, Any]) -> Any:
    """A dict of the same kind and order with these items; itself if it has them."""
    if all(entry[key] is item for key, item in new.items()):
        return entry
    changed = copy.copy(entry)
    for key, item in new.items():
        changed[key] = item
    return changed


def replace_sequence(entry: Any, items: list[Any]) -> Any:
    """A tuple or list of the same kind with these items; itself if it has them."""
    if all(old is item for old, item in zip(entry, items, strict=True)):
        return entry
    if hasattr(entry, "_fields"):
        return type(entry)(*items)
    return type(entry)(items)


def _rewrite_record(value: Any, entry: Any, change: Change) -> Any:
    names = record_fields(value)
    new = {n: rewrite(getattr(value, n), getattr(entry, n), change) for n in names}
    if all(getattr(entry, name) is item for name, item in new.items()):
        return entry
    changed = copy.copy(entry)
    for name, item in new.items():
        object.__setattr__(changed, name, item)  # also where the class is frozen
    return changed
