"""What a layer of a cache holds beside its key and value.

A layer of fixed length counts what it holds, one with a window what it has seen; those
of models without attention hold other tensors.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import sys
from collections.abc import Mapping
from typing import Any

_HOME = "transformers.cache_utils"

_USUAL = ("DynamicLayer", "StaticLayer")

_FOLLOWS = {
    "keys",
    "values",
    "dtype",
    "device",
    "is_initialized",
    "max_cache_len",
    "batch_size",
    "num_heads",
    "k_head_dim",
    "v_head_dim",
}
"""Attributes that key and value tell, or are."""


def state(layer: Any) -> dict[str, Any]:
    """The tensors and counters that calls change, by attribute.

    >>> class Layer:
    ...     def __init__(self):
    ...         self.keys, self.sliding_window, self.cumulative_length = None, 8, 3
    >>> state(Layer()), kind(Layer())["sliding_window"]
    ({'cumulative_length': 3}, 8)
    """
    return {name: v for name, v in _attributes(layer) if _changes(name, v)}


def kind(layer: Any) -> dict[str, Any]:
    """The class of a layer, and the settings that it has."""
    home = type(layer).__module__
    name = type(layer).__qualname__
    told = {"class": name if home == _HOME else f"{home}:{name}"}
    settings = {
        name: value
        for name, value in _attributes(layer)
        if not _changes(name, value) and _is_plain(value)
    }
    return {**told, **settings}


def is_usual(told: Mapping[str, Any]) -> bool:
    """Whether a layer is what its cache makes anyway."""
    return dict(told) in [{"class": name} for name in _USUAL]


def _attributes(layer: Any) -> list[tuple[str, Any]]:
    return [
        (name, value)
        for name, value in vars(layer).items()
        if name not in _FOLLOWS and not name.startswith("_")
    ]


def _changes(name: str, value: Any) -> bool:
    """Whether calls do; a tracer has objects of its own for numbers."""
    return name.startswith("cumulative_length") or _holds_tensor(value)


def _holds_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    if isinstance(value, Mapping):
        return any(_holds_tensor(item) for item in value.values())
    return torch is not None and isinstance(value, torch.Tensor)


def _is_plain(value: Any) -> bool:
    """Whether JSON can say it."""
    if isinstance(value, Mapping):
        return all(_is_plain(item) for item in value.values())
    return value is None or isinstance(value, (bool, int, float, str))


# ---- Made again ------------------------------------------------------------------


def made(
    told: Mapping[str, Any], key: Any, value: Any, held: Mapping[str, Any], room: int
) -> Any:
    """A layer of that kind which holds all this.

    Args:
        told: as `kind` says it.
        key: or None, where it has none yet.
        value: likewise.
        held: as `state` says it.
        room: the length of a layer of fixed length that has no key yet.

    Raises ValueError for a class that is none of transformers.
    """
    layer_class, wanted = _known(told["class"])
    length = room if key is None else key.shape[-2]
    given = {"max_cache_len": length, "sliding_window": length, **told}
    layer = layer_class(**{name: given[name] for name in wanted if name in given})
    for name in told:
        if name != "class":
            setattr(layer, name, _numbered(told[name]))
    for name in held:
        setattr(layer, name, _numbered(held[name]))
    if key is not None:
        layer.keys, layer.values, layer.is_initialized = key, value, True
        layer.dtype, layer.device = key.dtype, key.device
    return layer


_KNOWN: dict[str, tuple[Any, tuple[str, ...]]] = {}


def _known(name: str) -> tuple[Any, tuple[str, ...]]:
    """A class and its parameters, looked up once: TorchDynamo cannot trace that.

    A file may name anything, and it is called: so only layers of caches count.
    """
    if name not in _KNOWN:
        home, _, own = name.rpartition(":")
        layer_class = _layer_class(home or _HOME, own)
        if layer_class is None:
            raise ValueError(f"a layer of class {name} cannot be made from its shapes")
        _KNOWN[name] = layer_class, tuple(inspect.signature(layer_class).parameters)
    return _KNOWN[name]


def _layer_class(home: str, name: str) -> Any:
    """A class of layers of transformers; None where that is none."""
    if home.partition(".")[0] != "transformers":
        return None
    caches: Any = importlib.import_module(_HOME)
    found = None
    with contextlib.suppress(ImportError):
        found = getattr(importlib.import_module(home), name, None)
    if not isinstance(found, type):
        return None
    of_caches = home == _HOME and name.endswith("Layer")
    is_layer = of_caches or issubclass(found, caches.CacheLayerMixin)
    return found if is_layer else None


def _numbered(value: Any) -> Any:
    """Dicts with numbers for keys that are numbers in JSON's text."""
    if not isinstance(value, Mapping):
        return value
    return {int(k) if str(k).isdigit() else k: v for k, v in value.items()}
