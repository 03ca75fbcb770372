"""Arguments and specs made from sizes, in the structure that calls had."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.utils import _pytree as pytree

from dimsat.observe.decoding import decode, remade
from dimsat.observe.encoding import Json
from dimsat.observe.objects import Kind, Kinds, as_dict, as_object, as_sequence
from dimsat.observe.places import BY_POSITION, Place, bound, children, leaves

_REST = "VAR_POSITIONAL"


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

        def entry(value: Any, path: str) -> Any:
            if not isinstance(value, torch.Tensor):
                return said.get((path, None))
            name = self.paths.get(id(value), path)
            axes = {axis: said.get((name, axis)) for axis in range(value.dim())}
            return {axis: entry for axis, entry in axes.items() if entry is not None}

        items = self.arguments.items()
        return {name: spec_of(value, name, entry) for name, value in items}


def spec_of(value: Any, path: str, entry: Callable[[Any, str], Any]) -> Any:
    """A spec of the structure that torch.export wants for a value.

    Args:
        value: an argument.
        path: where it stands.
        entry: what the spec says of a leaf, given with its path.
    """
    kind: Any = type(value)
    if kind in (dict, OrderedDict, defaultdict):
        items = value.items()
        named = {k: spec_of(v, f"{path}['{k}']", entry) for k, v in items}
        factory = [value.default_factory] if kind is defaultdict else []
        return kind(*factory, named)
    if kind in (list, tuple) or (isinstance(value, tuple) and hasattr(kind, "_fields")):
        placed = [spec_of(v, f"{path}[{n}]", entry) for n, v in enumerate(value)]
        return as_sequence(Kind(kind), placed)
    if kind in pytree.SUPPORTED_NODES:
        held = _named_children(value)
        return [spec_of(child, path + name, entry) for name, child in held]
    return entry(value, path)


class Builder:
    """Makes arguments of a function in the structure that its calls had.

    Each parameter is taken from the call that gave it most; one that no call gave is
    left out.  Given by position is what most calls give so: a program takes its
    arguments in one way only.

    Args:
        signature: of the recording.
        calls: its calls.
        device: where tensors are made.
        kinds: of arguments of other classes, by path.
    """

    def __init__(
        self,
        signature: Sequence[Json],
        calls: Sequence[Json],
        device: torch.device | None = None,
        kinds: Kinds | None = None,
    ) -> None:
        self._parameters = signature
        self._kinds = kinds or {}
        self._device = device
        self._template: dict[str, Json] = {}
        for call in calls:
            for name, value in bound(signature, call):
                is_first = name not in self._template
                if is_first or _weight(value) > _weight(self._template[name]):
                    self._template[name] = value
        self._positional = self._by_position(calls)

    def _by_position(self, calls: Sequence[Json]) -> list[str]:
        """The parameters that most calls give by position, up to the last one."""
        counts = Counter(len(call.get("args", ())) for call in calls)
        most = max(sorted(counts), key=lambda n: counts[n], default=0)
        names = []
        for place, parameter in enumerate(self._parameters):
            kind = parameter.get("kind", BY_POSITION[1])
            has_rest = self._gives_rest and kind in BY_POSITION
            if (
                kind == BY_POSITION[0]
                or has_rest
                or (kind in BY_POSITION and place < most)
            ):
                names.append(parameter["name"])
        while names and not (self._gives_rest or self._is_needed(names[-1])):
            names.pop()
        return names

    @property
    def _gives_rest(self) -> bool:
        """Whether more arguments are given than parameters before ``*args``."""
        rest = [p["name"] for p in self._parameters if p.get("kind") == _REST]
        return any(name in self._template for name in rest)

    def _is_needed(self, name: str) -> bool:
        """Whether an argument holds anything, or stands for a default."""
        if name not in self._template:
            return False
        value = self._template[name]
        defaults = {p["name"]: p["default"] for p in self._parameters if "default" in p}
        stands = value is None and defaults.get(name) is not None
        return stands or _weight(value) > 0

    def build(self, sizes: Mapping[Place, int]) -> Built:
        """Arguments of these sizes; what is not said is as it was recorded."""
        built = Built((), {}, {})
        maker = _Maker(sizes, self._kinds, built.paths, self._device)
        for parameter in self._parameters:
            name = parameter["name"]
            if self._is_needed(name):
                built.arguments[name] = maker.value(self._template[name], name)
            elif name in self._positional:
                value = self._template.get(name, parameter.get("default"))
                built.arguments[name] = decode(value)
        self._deal_out(built)
        return built

    def _deal_out(self, built: Built) -> None:
        """Gives arguments by position or by name, as calls did."""
        kinds = {p["name"]: p.get("kind") for p in self._parameters}
        for name, value in built.arguments.items():
            if kinds[name] == _REST:
                built.args += tuple(value)
            elif kinds[name] == "VAR_KEYWORD":
                built.kwargs.update(value)
            elif name in self._positional:
                built.args += (value,)
            else:
                built.kwargs[name] = value


def _named_children(value: Any) -> list[tuple[str, Any]]:
    """What PyTorch finds in an object, each with how paths go on to it."""
    node = pytree.SUPPORTED_NODES[type(value)]
    held = node.flatten_fn(value)[0]
    if isinstance(value, Mapping):
        return [(f"['{key}']", child) for key, child in zip(value, held, strict=True)]
    if type(value).__name__.endswith("Cache") and node.flatten_with_keys_fn:
        keyed = node.flatten_with_keys_fn(value)[0]
        return [(f".{getattr(key, 'key', '')}", child) for key, child in keyed]
    return [(f"[{number}]", child) for number, child in enumerate(held)]


def _weight(value: Json) -> int:
    """How many tensors and scalars a value holds."""
    return sum(leaf is not None for _, leaf in leaves(value, ""))


class _Maker:
    """Makes values in other sizes, of tensors whose values every model can take.

    Positions count, masks hide the first position, other numbers are 0, which is an
    index of anything.
    """

    def __init__(
        self,
        sizes: Mapping[Place, int],
        kinds: Kinds,
        paths: dict[int, str],
        device: torch.device | None,
    ) -> None:
        self._sizes = sizes
        self._kinds = kinds
        self._paths = paths
        self._device = device

    def value(self, told: Json, path: str) -> Any:
        """What was recorded at a path, made again."""
        if type(told) is int:
            return self._sizes.get((path, None), told)
        if not isinstance(told, dict):
            return told
        if "tensor" in told:
            return self._tensor(path, **told["tensor"])
        items = [self.value(child, path + end) for end, child in children(told)]
        if "class" in told:
            return self._object(told, items, path)
        kind = self._kinds.get(path)
        if "dict" in told:
            return as_dict(kind, dict(zip(told["dict"], items, strict=True)))
        return as_sequence(kind, tuple(items) if "tuple" in told else items)

    def _object(self, told: Json, items: list[Any], path: str) -> Any:
        name, count = told["class"], len(told["items"])
        if not name.endswith("Cache"):
            return as_object(self._kinds.get(path), name, items)
        state = told.get("state", {"dict": {}})["dict"]
        return remade(told, items[:count], dict(zip(state, items[count:], strict=True)))

    def _tensor(self, path: str, dtype: str, shape: list[int]) -> torch.Tensor:
        sizes = [self._sizes.get((path, axis), n) for axis, n in enumerate(shape)]
        kind = getattr(torch, dtype)
        made = torch.zeros(sizes, dtype=kind, device=self._device)
        if not kind.is_floating_point and "mask" in path:
            made = torch.ones_like(made)
            if sizes and sizes[-1] > 1:
                made[..., 0] = 0  # else some models do without the mask
        elif not kind.is_floating_point and "position" in path and sizes:
            made = torch.arange(sizes[-1], dtype=kind, device=self._device)
            made = made.expand(sizes).clone()
        self._paths[id(made)] = path
        return made
