"""JSON as values again: tensors, caches, and the shapes that torch.export takes."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import torch
from torch.export import Dim

from dimsat.observe import layers
from dimsat.observe.encoding import Json, dtype_name, encode
from dimsat.observe.objects import as_object

MakeTensor: TypeAlias = Callable[[str, tuple[int, ...]], torch.Tensor]
"""Makes a tensor from what stands for its dtype, and its shape."""


class Tensors:
    """Tensors that go through JSON and come back as themselves.

    >>> tensors, given = Tensors(), torch.ones(2)
    >>> told = tensors.encode({"x": given})
    >>> told["dict"]["x"]["tensor"]["dtype"]
    'float32#0'
    >>> decode(told, tensors.make)["x"] is given
    True
    """

    def __init__(self) -> None:
        self._kept: list[torch.Tensor] = []

    def encode(self, value: Any) -> Json:
        """The value as JSON, its tensors named by number."""
        return encode(value, self._name)

    def _name(self, tensor: torch.Tensor) -> str:
        self._kept.append(tensor)
        return f"{dtype_name(tensor)}#{len(self._kept) - 1}"

    def make(self, name: str, shape: tuple[int, ...]) -> torch.Tensor:
        """The tensor of that number; zeros for any other, or another shape."""
        dtype, _, number = name.partition("#")
        if number and tuple(self._kept[int(number)].shape) == shape:
            return self._kept[int(number)]
        return zeros(dtype, shape)


def zeros(dtype: str, shape: tuple[int, ...]) -> torch.Tensor:
    """A tensor of zeros."""
    return torch.zeros(shape, dtype=getattr(torch, dtype))


def decode(value: Json, make: MakeTensor = zeros) -> Any:
    """A value, or shapes, as Python has them.

    Raises TypeError for an object of a class that is no cache.

    >>> decode({"tuple": [{"dims": {"0": {"dim": "DYNAMIC"}}}, None]})
    ({0: DimHint(DYNAMIC)}, None)
    """
    if not isinstance(value, dict):
        return value
    kind = next(iter(value))
    return _DECODE[kind](value, value[kind], make)


def _object(value: Json, kind: str, make: MakeTensor) -> Any:
    """A cache of transformers; of another class nothing more is known."""
    if not kind.endswith("Cache"):
        return as_object(None, kind, ())
    items = [decode(item, make) for item in value["items"]]
    return remade(value, items, decode(value.get("state", {"dict": {}}), make))


def remade(value: Json, items: Sequence[Any], state: Mapping[str, Any]) -> Any:
    """The cache of transformers that was recorded, with other tensors in it."""
    kind = value["class"]
    if kind == "EncoderDecoderCache":
        both = _cache_classes().EncoderDecoderCache(*items)
        filled = decode(value.get("is_updated", {"dict": {}}))
        both.is_updated |= {int(layer): filled[layer] for layer in filled}
        return both
    return cache(
        "StaticCache" if "Static" in kind else "DynamicCache",
        list(zip(items[::2], items[1::2], strict=True)),
        decode(value.get("layers")),
        state,
        value.get("max_cache_len") or 0,
    )


def _cache_classes() -> Any:
    """transformers, imported when the first cache is made; no tracer sees that."""
    name = "transformers.cache_utils"
    return sys.modules.get(name) or importlib.import_module(name)


Pairs: TypeAlias = Sequence[tuple[Any, Any]]
"""Key and value of each layer; None where there is none yet."""


def cache(
    kind: str,
    pairs: Pairs,
    kinds: Sequence[Mapping[str, Any]] | None = None,
    state: Mapping[str, Any] | None = None,
    room: int = 0,
) -> Any:
    """A cache that holds these keys and values.

    Args:
        kind: ``DynamicCache`` or ``StaticCache``.
        pairs: keys and values.
        kinds: of the layers, as `layers.kind` says them; None for the usual ones.
        state: what more layers hold: ``cumulative_length_0`` is of the first.
        room: the length of layers of fixed length that have no key yet.
    """
    classes = _cache_classes()
    if kinds is None:
        usual = "StaticLayer" if kind == "StaticCache" else "DynamicLayer"
        kinds = [{"class": usual}] * len(pairs)
    held: list[dict[str, Any]] = [{} for _ in pairs]
    for name, value in (state or {}).items():
        attribute, _, number = name.rpartition("_")
        held[int(number)][attribute] = value
    filled = [
        layers.made(told, *pair, more, room)
        for told, pair, more in zip(kinds, pairs, held, strict=True)
    ]
    if kind == "DynamicCache":
        made = classes.DynamicCache()
        made.layers = filled
    else:
        made = classes.StaticCache.__new__(classes.StaticCache)
        classes.Cache.__init__(made, layers=filled)
    return made


_DECODE: dict[str, Callable[[Json, Json, MakeTensor], Any]] = {
    "tensor": lambda _, told, make: make(told["dtype"], tuple(told["shape"])),
    "class": _object,
    "dims": lambda _, told, __: {int(axis): decode(x) for axis, x in told.items()},
    "dim": lambda _, told, __: Dim.DYNAMIC if told == "DYNAMIC" else Dim.AUTO,
    "name": lambda _, told, __: told,
    "dict": lambda _, told, make: {key: decode(v, make) for key, v in told.items()},
    "int": lambda _, told, __: int(told),
    "tuple": lambda _, told, make: tuple(decode(item, make) for item in told),
    "list": lambda _, told, make: [decode(item, make) for item in told],
}
