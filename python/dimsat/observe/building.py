"""Arguments and specs made from sizes, in the structure that calls had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.utils import _pytree as pytree

from dimsat.observe.decoding import decode
from dimsat.observe.encoding import Json
from dimsat.observe.places import (
    BY_POSITION,
    Place,
    bound,
    children,
    container,
    leaves,
)


@dataclass
class Built:
    """Arguments that were made.

    ``arguments`` are all of them by parameter, as a spec has them; ``paths`` names
    each tensor, by its id.
    """

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    arguments: dict[str, Any]
    paths: dict[int, str] = field(default_factory=dict)

    def spec(self, said: Mapping[Place, Any]) -> dict[str, Any]:
        """A spec for torch.export that says what `said` does of each place."""
        items = self.arguments.items()
        return {name: self._of(value, name, said) for name, value in items}

    def _of(self, value: Any, path: str, said: Mapping[Place, Any]) -> Any:
        if isinstance(value, torch.Tensor):
            name = self.paths.get(id(value), path)
            axes = {axis: said.get((name, axis)) for axis in range(value.dim())}
            return {axis: entry for axis, entry in axes.items() if entry is not None}
        if type(value) is dict:
            return {k: self._of(v, f"{path}['{k}']", said) for k, v in value.items()}
        if type(value) in (list, tuple):
            items = [self._of(v, f"{path}[{n}]", said) for n, v in enumerate(value)]
            return type(value)(items)
        if type(value) in pytree.SUPPORTED_NODES:
            return [self._of(v, path + name, said) for name, v in named_children(value)]
        return said.get((path, None))


class Builder:
    """Makes arguments of a function in the structure that its calls had.

    Each parameter is taken from the call that gave it most; one that no call gave is
    left out.

    Args:
        signature: of the recording.
        calls: its calls.
        device: where tensors are made.
        classes: of parameters that hold dicts of another class.
    """

    def __init__(
        self,
        signature: Sequence[Json],
        calls: Sequence[Json],
        device: torch.device | None = None,
        classes: Mapping[str, type] | None = None,
    ) -> None:
        self._parameters = signature
        self._classes = classes or {}
        self._device = device
        self._template: dict[str, Json] = {}
        for call in calls:
            for name, value in bound(signature, call):
                if _weight(value) > _weight(self._template.get(name)):
                    self._template[name] = value

    def build(self, sizes: Mapping[Place, int]) -> Built:
        """Arguments of these sizes; what is not said is as it was recorded."""
        built = Built((), {}, {})
        make = _Maker(built.paths, self._device).make
        for parameter in self._parameters:
            name = parameter["name"]
            if name in self._template:
                resized = _resized(self._template[name], name, sizes)
                value = decode(resized, make)
                if name in self._classes and isinstance(value, dict):
                    value = self._classes[name](**value)
                built.arguments[name] = value
        self._deal_out(built)
        return built

    def _deal_out(self, built: Built) -> None:
        """Gives arguments by name, or by position where they have to be."""
        kinds = {p["name"]: p.get("kind", BY_POSITION[1]) for p in self._parameters}
        has_rest = any(kinds[name] == "VAR_POSITIONAL" for name in built.arguments)
        for name, value in built.arguments.items():
            kind = kinds[name]
            if kind == "VAR_POSITIONAL":
                built.args += tuple(value)
            elif kind == "VAR_KEYWORD":
                built.kwargs.update(value)
            elif kind == BY_POSITION[0] or (kind == BY_POSITION[1] and has_rest):
                built.args += (value,)
            else:
                built.kwargs[name] = value


def named_children(value: Any) -> list[tuple[str, Any]]:
    """What PyTorch finds in an object, each with how paths go on to it."""
    node = pytree.SUPPORTED_NODES[type(value)]
    if node.flatten_with_keys_fn is None:
        return [(f"[{n}]", child) for n, child in enumerate(node.flatten_fn(value)[0])]
    return [
        (f".{getattr(key, 'key', getattr(key, 'name', ''))}", child)
        for key, child in node.flatten_with_keys_fn(value)[0]
    ]


def _weight(value: Json) -> int:
    """How many tensors and scalars a value holds."""
    return sum(leaf is not None for _, leaf in leaves(value, ""))


def _resized(value: Json, path: str, sizes: Mapping[Place, int]) -> Json:
    """The same value in other sizes; each dtype with the path of its tensor."""
    if type(value) is int:
        return sizes.get((path, None), value)
    if not isinstance(value, dict):
        return value
    if "tensor" in value:
        shape = value["tensor"]["shape"]
        new = [sizes.get((path, axis), size) for axis, size in enumerate(shape)]
        return {"tensor": {"dtype": f"{value['tensor']['dtype']}@{path}", "shape": new}}
    made = [_resized(child, path + end, sizes) for end, child in children(value)]
    if "dict" in value:
        return {"dict": dict(zip(value["dict"], made, strict=True))}
    held = value[container(value)]
    resized = {**value, container(value): made[: len(held)]}
    if len(made) > len(held):
        names = value["state"]["dict"]
        resized["state"] = {"dict": dict(zip(names, made[len(held) :], strict=True))}
    return resized


class _Maker:
    """Makes tensors whose values every model can take.

    Positions count, masks hide the first position, other numbers are 0, which is an
    index of anything.
    """

    def __init__(self, paths: dict[int, str], device: torch.device | None) -> None:
        self._paths = paths
        self._device = device

    def make(self, name: str, shape: tuple[int, ...]) -> torch.Tensor:
        dtype, _, path = name.partition("@")
        kind = getattr(torch, dtype)
        made = torch.zeros(shape, dtype=kind, device=self._device)
        if not kind.is_floating_point and "mask" in path:
            made = torch.ones_like(made)
            if shape and shape[-1] > 1:
                made[..., 0] = 0  # else some models do without the mask
        elif not kind.is_floating_point and "position" in path and shape:
            made = torch.arange(shape[-1], dtype=kind, device=self._device)
            made = made.expand(shape).clone()
        self._paths[id(made)] = path
        return made
