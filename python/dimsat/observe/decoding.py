"""JSON as values again: tensors, caches, and the shapes that torch.export takes."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import torch
from torch.export import Dim

from dimsat.observe.encoding import Json, dtype_name, encode

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


def _cache(value: Json, kind: str, make: MakeTensor) -> Any:
    """A cache of transformers."""
    items = [decode(item, make) for item in value["items"]]
    if not kind.endswith("Cache"):
        raise TypeError(f"an object of class {kind} cannot be made from its shapes")
    if kind == "EncoderDecoderCache":
        return _cache_classes().EncoderDecoderCache(*items)
    pairs = list(zip(items[::2], items[1::2], strict=True))
    if "Static" in kind:
        return static_cache(_cache_classes(), pairs, value.get("max_cache_len"))
    return dynamic_cache(_cache_classes(), pairs)


def _cache_classes() -> Any:
    """transformers, imported when the first cache is made."""
    return importlib.import_module("transformers.cache_utils")


Pairs: TypeAlias = Sequence[tuple[Any, Any]]
"""Key and value of each layer; None where there is none yet."""


def dynamic_cache(classes: Any, pairs: Pairs) -> Any:
    """A DynamicCache that holds these keys and values; `classes` is its module."""
    cache = classes.DynamicCache()
    cache.layers = [_filled(classes.DynamicLayer(), *pair) for pair in pairs]
    return cache


def static_cache(classes: Any, pairs: Pairs, length: int | None) -> Any:
    """A StaticCache that holds these keys and values, with room for `length`."""
    cache = classes.StaticCache.__new__(classes.StaticCache)
    cache.layer_class_to_replicate = None
    cache.offloading = False
    cache.layers = []
    for key, value in pairs:
        room = length if length is not None else 0 if key is None else key.shape[-2]
        cache.layers.append(_filled(classes.StaticLayer(room), key, value))
    return cache


def _filled(layer: Any, key: Any, value: Any) -> Any:
    if key is not None:
        layer.keys, layer.values, layer.is_initialized = key, value, True
        layer.dtype, layer.device = key.dtype, key.device
    return layer


_DECODE: dict[str, Callable[[Json, Json, MakeTensor], Any]] = {
    "tensor": lambda _, told, make: make(told["dtype"], tuple(told["shape"])),
    "class": _cache,
    "dims": lambda _, told, __: {int(axis): decode(x) for axis, x in told.items()},
    "dim": lambda _, told, __: Dim.DYNAMIC if told == "DYNAMIC" else Dim.AUTO,
    "name": lambda _, told, __: told,
    "dict": lambda _, told, make: {key: decode(v, make) for key, v in told.items()},
    "tuple": lambda _, told, make: tuple(decode(item, make) for item in told),
    "list": lambda _, told, make: [decode(item, make) for item in told],
}
