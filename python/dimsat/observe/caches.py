"""How PyTorch takes the caches of transformers apart in this process."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from typing import Any

import torch
from torch.utils import _pytree as pytree

from dimsat.observe.decoding import dynamic_cache, static_cache

_MODULE = "transformers.cache_utils"


def registration() -> str | None:
    """The word of docs/observe_compatibility.md for it; None without transformers."""
    caches = sys.modules.get(_MODULE)
    if caches is None:
        return None
    nodes = pytree.SUPPORTED_NODES
    if caches.DynamicCache not in nodes:
        return "none"
    flatten = nodes[caches.DynamicCache].flatten_fn
    children = flatten(_small(caches))[0]
    if not all(isinstance(child, torch.Tensor) for child in children):
        return "key_value" if caches.StaticCache in nodes else "executorch"
    if flatten.__module__.startswith("transformers."):
        return "exporter"
    return "flat"


def _small(caches: Any) -> Any:
    """A cache of one layer."""
    cache = caches.DynamicCache()
    cache.update(torch.zeros(1, 1, 1, 1), torch.zeros(1, 1, 1, 1), 0)
    return cache


def register_caches() -> None:
    """Makes the caches of transformers known to PyTorch, those that are not yet.

    Each is taken apart into key and value of each layer in turn.  This holds for the
    whole process: a program that takes a cache needs it when it runs, too.
    """
    caches: Any = sys.modules.get(_MODULE)
    if caches is None:
        return
    for kind, flatten, unflatten in (
        (
            caches.DynamicCache,
            _flatten_layers,
            lambda v, _: dynamic_cache(caches, _pairs(v)),
        ),
        (
            caches.StaticCache,
            _flatten_static,
            lambda v, n: static_cache(caches, _pairs(v), n),
        ),
        (
            caches.EncoderDecoderCache,
            _flatten_both,
            lambda v, _: caches.EncoderDecoderCache(*v),
        ),
    ):
        if kind not in pytree.SUPPORTED_NODES:
            pytree.register_pytree_node(
                kind,
                flatten,
                unflatten,
                serialized_type_name=f"{kind.__module__}.{kind.__name__}",
                flatten_with_keys_fn=_with_keys(flatten),
            )


def _pairs(values: Any) -> list[tuple[Any, Any]]:
    values = list(values)
    return list(zip(values[::2], values[1::2], strict=True))


def _flatten_layers(cache: Any) -> tuple[list[Any], Any]:
    there = [layer for layer in cache.layers if layer.keys is not None]
    pairs = [(layer.keys, layer.values) for layer in there]
    return list(itertools.chain(*pairs)), None


def _flatten_static(cache: Any) -> tuple[list[Any], Any]:
    lengths = [layer.max_cache_len for layer in cache.layers]
    return _flatten_layers(cache)[0], lengths[0] if lengths else None


def _flatten_both(cache: Any) -> tuple[list[Any], Any]:
    return [cache.self_attention_cache, cache.cross_attention_cache], None


def _with_keys(flatten: Any) -> Any:
    """The same with the name of each child: ``key_0``, ``value_0``, ..."""

    def flatten_with_keys(cache: Any) -> tuple[list[tuple[Any, Any]], Any]:
        children, context = flatten(cache)
        names: Iterator[str] = (
            f"{'value' if n % 2 else 'key'}_{n // 2}" for n in itertools.count()
        )
        if flatten is _flatten_both:
            names = iter(("self_attention_cache", "cross_attention_cache"))
        keyed = zip(names, children, strict=False)
        return [(pytree.MappingKey(name), child) for name, child in keyed], context

    return flatten_with_keys
