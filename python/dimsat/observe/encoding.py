"""Values of calls as JSON: shapes and dtypes, nothing of what tensors hold.

PyTorch and transformers are recognized where somebody else has imported them, and
never imported here.
"""

from __future__ import annotations

import inspect
import math
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from dimsat.observe import layers

Json: TypeAlias = Any
"""What `json.dumps` takes; docs/observe.md lists the forms."""

NameTensor: TypeAlias = Callable[[Any], str]
"""Gives what stands for the dtype of a tensor."""


_BEYOND = 2**63  # from here on numbers are written as text; seeds may be as large


class Symbolic(Exception):
    """A size is no number: a trace is going on, which must not be disturbed."""


def dtype_name(tensor: Any) -> str:
    """``float32`` for ``torch.float32``."""
    return str(tensor.dtype).rpartition(".")[2]


def encode(value: Any, name: NameTensor = dtype_name) -> Json:
    """A value as JSON.

    Caches are taken apart layer by layer, other registered classes as PyTorch takes
    them apart; of any other object only the class is told.

    Raises Symbolic while somebody traces.

    >>> encode({"rows": [3, None]})
    {'dict': {'rows': {'list': [3, None]}}}
    >>> encode(2**64)
    {'int': '18446744073709551616'}
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return _encode_plain(value)
    if is_tensor(value):
        return _encode_tensor(value, name)
    if isinstance(value, Mapping):
        return {"dict": {str(key): encode(item, name) for key, item in value.items()}}
    if isinstance(value, (list, tuple)):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [encode(item, name) for item in value]}
    return _encode_object(value, name)


def _encode_plain(value: bool | int | float | str | None) -> Json:
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if isinstance(value, int) and not isinstance(value, bool):
        plain = int(value)
        return plain if abs(plain) < _BEYOND else {"int": str(plain)}
    return value


def is_tensor(value: Any) -> bool:
    """Whether this is a tensor of PyTorch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _encode_tensor(tensor: Any, name: NameTensor) -> Json:
    shape = list(tensor.shape)
    is_fake = type(tensor).__name__ == "FakeTensor"
    if is_fake or any(type(size) is not int for size in shape):
        raise Symbolic
    return {"tensor": {"dtype": name(tensor), "shape": shape}}


def _encode_object(value: Any, name: NameTensor) -> Json:
    """``{"class": .., "items": [..]}``"""
    kind = type(value).__name__
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, (torch.SymInt, torch.SymFloat)):
        raise Symbolic
    if hasattr(value, "self_attention_cache"):
        both = value.self_attention_cache, value.cross_attention_cache
        told: dict[str, Json] = {"class": kind}
        told["items"] = [encode(half, name) for half in both]
        if filled := getattr(value, "is_updated", None):
            told["is_updated"] = encode(filled)
        return told
    if kind.endswith("Cache") and hasattr(value, "layers"):
        return _encode_cache(value, kind, name)
    return {"class": kind, "items": [encode(v, name) for v in _children(value)]}


def _encode_cache(cache: Any, kind: str, name: NameTensor) -> Json:
    """Key and value of each layer in turn, None where it has none yet.

    What more layers hold is ``state``; their classes are told where they are unusual.
    """
    items, state = [], {}
    for number, layer in enumerate(cache.layers):
        for part in ("keys", "values"):
            items.append(encode(getattr(layer, part, None), name))
        for attribute, value in layers.state(layer).items():
            state[f"{attribute}_{number}"] = encode(value, name)
    encoded: dict[str, Json] = {"class": kind, "items": items}
    longest = [getattr(layer, "max_cache_len", None) for layer in cache.layers]
    if "Static" in kind and longest and type(longest[0]) is int:
        encoded["max_cache_len"] = longest[0]
    kinds = [layers.kind(layer) for layer in cache.layers]
    if any(not layers.is_usual(told) for told in kinds):
        encoded["layers"] = encode(kinds)
    if state:
        encoded["state"] = {"dict": state}
    return encoded


def _children(value: Any) -> list[Any]:
    """What PyTorch finds in an object of a registered class; of others nothing."""
    pytree = sys.modules.get("torch.utils._pytree")
    if pytree is None or type(value) not in pytree.SUPPORTED_NODES:
        return []
    return list(pytree.SUPPORTED_NODES[type(value)].flatten_fn(value)[0])


def encode_signature(signature: inspect.Signature) -> list[Json]:
    """The parameters, with those defaults that JSON can say.

    >>> encode_signature(inspect.signature(lambda x, *, k=2: None))[1]
    {'name': 'k', 'kind': 'KEYWORD_ONLY', 'default': 2}
    """
    parameters = []
    for parameter in signature.parameters.values():
        told = {"name": parameter.name, "kind": parameter.kind.name}
        if parameter.default is not inspect.Parameter.empty:
            told["default"] = encode(parameter.default)
        parameters.append(told)
    return parameters
