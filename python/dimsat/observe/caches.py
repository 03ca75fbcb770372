"""How PyTorch takes the caches of transformers apart in this process."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import torch
from torch.utils import _pytree as pytree

from dimsat.observe import layers
from dimsat.observe.decoding import cache as made_cache

_MODULE = "transformers.cache_utils"

UNREGISTERED = "none"
"""What `registration` says where PyTorch does not know the caches."""


def registration() -> str | None:
    """The word of docs/observe_compatibility.md for it; None without transformers."""
    caches = sys.modules.get(_MODULE)
    if caches is None:
        return None
    nodes = pytree.SUPPORTED_NODES
    if caches.DynamicCache not in nodes:
        return UNREGISTERED
    if _is_ours(caches.DynamicCache):
        return "dimsat"
    flatten = nodes[caches.DynamicCache].flatten_fn
    children = flatten(_small(caches))[0]
    if not all(isinstance(child, torch.Tensor) for child in children):
        both = caches.StaticCache in nodes and not _is_ours(caches.StaticCache)
        return "key_value" if both else "executorch"
    if flatten.__module__.startswith("transformers."):
        return "exporter"
    return "flat"


def _is_ours(kind: type) -> bool:
    """Whether `register_caches` has made a class known."""
    flatten: Any = pytree.SUPPORTED_NODES[kind].flatten_fn
    return bool(flatten.__module__ == __name__)


def _small(caches: Any) -> Any:
    """A cache of one layer."""
    cache = caches.DynamicCache()
    cache.update(torch.zeros(1, 1, 1, 1), torch.zeros(1, 1, 1, 1), 0)
    return cache


def register_caches() -> None:
    """Makes the caches of transformers known to PyTorch, those that are not yet.

    Each is taken apart into key and value of each layer in turn, followed by what more
    that layer holds: a counter, where its length is fixed.  This holds for the whole
    process: a program that takes a cache needs it when it runs, too.

    Raises ImportError without transformers.
    """
    importlib.import_module(_MODULE)
    register_imported_caches()


def register_imported_caches() -> None:
    """The same; nothing where nobody has imported transformers."""
    caches: Any = sys.modules.get(_MODULE)
    if caches is None:
        return
    for kind, flatten, unflatten in (
        (caches.DynamicCache, _flatten, _unflatten("DynamicCache")),
        (caches.StaticCache, _flatten, _unflatten("StaticCache")),
        (caches.EncoderDecoderCache, _flatten_both, _unflatten_both),
    ):
        if kind not in pytree.SUPPORTED_NODES:
            pytree.register_pytree_node(
                kind,
                _without_keys(flatten),
                unflatten,
                serialized_type_name=f"{kind.__module__}.{kind.__name__}",
                flatten_with_keys_fn=flatten,
            )


def _without_keys(flatten: Any) -> Callable[[Any], tuple[list[Any], Any]]:
    def flatten_alone(cache: Any) -> tuple[list[Any], Any]:
        keyed, context = flatten(cache)
        return [value for _, value in keyed], context

    return flatten_alone


Keyed: TypeAlias = list[tuple[Any, Any]]
"""What a cache holds, each with its name: ``key_0``, ``value_0``, ..."""

Context: TypeAlias = Any
"""What of a cache is no input of a program; JSON can say it."""


def _flatten(cache: Any) -> tuple[Keyed, Context]:
    """Key, value and what more it holds of each layer in turn."""
    named: dict[str, Any] = {}
    kinds: list[dict[str, Any]] = []
    for layer in cache.layers:
        told, number = layers.kind(layer), len(kinds)
        if getattr(layer, "keys", None) is not None:
            named |= {f"key_{number}": layer.keys, f"value_{number}": layer.values}
        elif "max_cache_len" in vars(layer):
            told["max_cache_len"] = layer.max_cache_len  # else the key says so
        elif layers.is_usual(told):
            continue
        held = layers.state(layer).items()
        named |= {f"{name}_{number}": item for name, item in held}
        kinds.append(told)
    context = {"layers": kinds, "names": list(named)}
    return [(pytree.MappingKey(n), item) for n, item in named.items()], context


def _flatten_both(cache: Any) -> tuple[Keyed, Context]:
    """Both caches; what models branch on, whether the second is filled, is no input."""
    names = ("self_attention_cache", "cross_attention_cache")
    keyed: Keyed = [(pytree.MappingKey(name), getattr(cache, name)) for name in names]
    return keyed, [[n, bool(v)] for n, v in cache.is_updated.items()]


def _unflatten_both(values: Iterable[Any], context: Context) -> Any:
    kind = sys.modules[_MODULE].EncoderDecoderCache
    cache = kind.__new__(kind)
    cache.self_attention_cache, cache.cross_attention_cache = values
    cache.is_updated = dict(context)
    return cache


def _unflatten(kind: str) -> Callable[[Iterable[Any], Context], Any]:
    def unflatten(values: Iterable[Any], context: Context) -> Any:
        kinds, names = context["layers"], context["names"]
        named = dict(zip(names, values, strict=True))
        pairs = [
            (named.pop(f"key_{number}", None), named.pop(f"value_{number}", None))
            for number in range(len(kinds))
        ]
        return made_cache(kind, pairs, kinds, named)

    return unflatten
