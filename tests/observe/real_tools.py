"""What the real tools answer: recorded calls in, the same with `expected` out.

Needs torch 2.13, transformers 5.23 and onnx-diagnostic 0.9.3.  A registration of
caches holds for a whole process, so each has its own.

usage: real_tools.py < calls.jsonl > expected.jsonl
"""

import inspect
import itertools
import json
import os
import subprocess
import sys
import warnings

from known_calls import REGISTRATIONS


def run_each_registration():
    """One process a registration; recordings come out in the order of these."""
    lines = sys.stdin.read().splitlines()
    for text in REGISTRATIONS.values():
        mine = [line for line in lines if json.loads(line)["registration"] == text]
        done = subprocess.run(
            [sys.executable, __file__, text],
            input="\n".join(mine),
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONHASHSEED": "0"},
            text=True,
            check=True,
        )
        sys.stdout.write(done.stdout)


if __name__ == "__main__" and len(sys.argv) == 1:
    run_each_registration()
    sys.exit()

warnings.simplefilter("ignore")

import torch  # noqa: E402
import torch.utils._pytree as pytree  # noqa: E402
from onnx_diagnostic.export.dynamic_shapes import ModelInputs  # noqa: E402
from onnx_diagnostic.export.shape_helper import (  # noqa: E402
    all_dynamic_shapes_from_inputs,
    guess_dynamic_shapes_from_inputs,
)
from torch.export import AdditionalInputs, Dim  # noqa: E402
from torch.onnx import InputObserver  # noqa: E402
from transformers.cache_utils import (  # noqa: E402
    Cache,
    DynamicCache,
    DynamicLayer,
    EncoderDecoderCache,
    StaticCache,
    StaticLayer,
)
from transformers.exporters.exporter_dynamo import (  # noqa: E402
    get_auto_dynamic_shapes,
)

# ---- Caches ------------------------------------------------------------------


def fill(layer, key, value):
    """A layer with its tensors, or still without."""
    if key is not None:
        layer.keys, layer.values, layer.is_initialized = key, value, True
        layer.dtype, layer.device = key.dtype, key.device
    return layer


def dynamic_cache(pairs):
    cache = DynamicCache()
    cache.layers = [fill(DynamicLayer(), key, value) for key, value in pairs]
    return cache


def static_cache(pairs, length):
    cache = StaticCache.__new__(StaticCache)
    cache.layers = [fill(StaticLayer(length), key, value) for key, value in pairs]
    cache.layer_class_to_replicate = None
    cache.offloading = False
    return cache


def keys_and_values(cache):
    there = [layer for layer in cache.layers if layer.keys is not None]
    return [layer.keys for layer in there], [layer.values for layer in there]


def register(kind, flatten, unflatten):
    name = f"{kind.__module__}.{kind.__name__}"
    pytree.register_pytree_node(
        kind, flatten, unflatten, serialized_type_name=name
    )


def register_flat():
    """As yobx does; it fails on a StaticCache of this transformers."""

    def flatten(cache):
        keys, values = keys_and_values(cache)
        names = [f"{n}_{i}" for i in range(len(keys)) for n in ("key", "value")]
        return list(itertools.chain(*zip(keys, values))), names

    def flatten_static(cache):
        return [cache.max_cache_len], None

    def flatten_both(cache):
        halves = cache.self_attention_cache, cache.cross_attention_cache
        return list(halves), ["self_attention_cache", "cross_attention_cache"]

    register(
        DynamicCache, flatten, lambda v, _: dynamic_cache(zip(v[::2], v[1::2]))
    )
    register(StaticCache, flatten_static, None)
    register(EncoderDecoderCache, flatten_both, lambda v, _: EncoderDecoderCache(*v))


def register_native():
    from transformers.integrations import executorch

    executorch.register_dynamic_cache_export_support()


def register_exporters():
    from transformers.exporters import exporter_dynamo

    for kind in exporter_dynamo._iter_subclasses(Cache):
        exporter_dynamo.register_pytree_node(kind)


def register_key_value():
    def flatten(cache):
        return list(keys_and_values(cache)), ["key_cache", "value_cache"]

    register(DynamicCache, flatten, lambda v, _: dynamic_cache(zip(*v)))
    register(StaticCache, flatten, lambda v, _: static_cache(zip(*v), 0))


REGISTER = {
    "none": lambda: None,
    "flat": register_flat,
    "native": register_native,
    "exporters": register_exporters,
    "key_value": register_key_value,
}

# ---- Values as JSON ----------------------------------------------------------


def decode(v):
    if v is None or isinstance(v, (bool, int, float, str)):
        return v
    if "tensor" in v:
        dtype = getattr(torch, v["tensor"]["dtype"])
        return torch.zeros(tuple(v["tensor"]["shape"]), dtype=dtype)
    if "list" in v:
        return [decode(item) for item in v["list"]]
    if "tuple" in v:
        return tuple(decode(item) for item in v["tuple"])
    if "dict" in v:
        return {key: decode(item) for key, item in v["dict"].items()}
    items = [decode(item) for item in v["items"]]
    if v["class"] == "EncoderDecoderCache":
        return EncoderDecoderCache(*items)
    pairs = list(zip(items[::2], items[1::2]))
    if v["class"] == "StaticCache":
        return static_cache(pairs, v["max_cache_len"])
    return dynamic_cache(pairs)


def encode(v):
    """A value as JSON."""
    if v is None or isinstance(v, (bool, int, float, str)):
        return v
    if isinstance(v, torch.Tensor):
        dtype = str(v.dtype).removeprefix("torch.")
        return {"tensor": {"dtype": dtype, "shape": list(v.shape)}}
    if isinstance(v, (tuple, list)):
        return {type(v).__name__: [encode(item) for item in v]}
    if isinstance(v, dict):
        return {"dict": {key: encode(item) for key, item in v.items()}}
    if isinstance(v, EncoderDecoderCache):
        items = [v.self_attention_cache, v.cross_attention_cache]
    else:
        items = [t for layer in v.layers for t in (layer.keys, layer.values)]
    return {"class": type(v).__name__, "items": [encode(i) for i in items]}


def encode_shapes(v):
    """Dynamic shapes as JSON."""
    if v is None:
        return None
    if isinstance(v, str):
        return {"name": v}
    if v == Dim.DYNAMIC or v == Dim.AUTO:
        return {"dim": "DYNAMIC" if v == Dim.DYNAMIC else "AUTO"}
    if isinstance(v, (tuple, list)):
        return {type(v).__name__: [encode_shapes(item) for item in v]}
    dims = all(isinstance(key, int) for key in v)
    items = {str(key): encode_shapes(item) for key, item in v.items()}
    return {"dims" if dims else "dict": items}


# ---- Questions ---------------------------------------------------------------


class Asked:
    """The expected answers so far."""

    def __init__(self):
        self.answers = []

    def ask(self, function, kwargs, run, encoding):
        answer = {"function": function, "kwargs": kwargs}
        try:
            answer["result"] = encoding(run())
        except Exception as error:
            answer["error"] = type(error).__name__
        self.answers.append(answer)
        return "error" not in answer


def make_model(signature):
    """A module whose forward takes what the signature says."""
    empty = inspect.Parameter.empty
    made = inspect.Signature(
        [
            inspect.Parameter(
                p["name"],
                getattr(inspect.Parameter, p["kind"]),
                default=decode(p["default"]) if "default" in p else empty,
            )
            for p in signature
        ]
    )
    model = torch.nn.Module()
    model.forward = lambda *args, **kwargs: torch.zeros(1)
    model.forward.__signature__ = made
    return model, made


def ask_observer(asked, model, recording):
    """InputObserver."""
    options, calls = recording["options"], recording["observations"]
    given = {k: decode(v) for k, v in options.get("value_if_missing", {}).items()}
    for place, v in options.get("value_if_missing_pos", {}).items():
        given[int(place)] = decode(v)
    observer = InputObserver(value_if_missing=given)

    def observe():
        with observer(model, store_n_calls=options.get("store_n_calls", 3)):
            for call in calls:
                kwargs = {k: decode(v) for k, v in call["kwargs"].items()}
                model.forward(*[decode(v) for v in call["args"]], **kwargs)

    if not asked.ask("observe", {}, observe, encode):
        return
    shapes, arguments = observer.infer_dynamic_shapes, observer.infer_arguments
    asked.ask("num_obs", {}, observer.num_obs, encode)
    asked.ask("infer_dynamic_shapes", {}, shapes, encode_shapes)
    for batch in [True, *options.get("batch_sets", [])]:
        kwargs = {"set_batch_dimension_for": batch if batch is True else {"set": batch}}
        real = batch if batch is True else set(batch)
        asked.ask("infer_dynamic_shapes", kwargs, lambda: shapes(real), encode_shapes)
    for kwargs in ({}, {"as_args_kwargs": True}, {"flat": True}):
        asked.ask("infer_arguments", kwargs, lambda: arguments(**kwargs), encode)
    for index in range(observer.num_obs()):
        kwargs = {"index_or_args_or_kwargs": index, "as_args_kwargs": True}
        asked.ask("infer_arguments", kwargs, lambda: arguments(**kwargs), encode)
    for new in recording.get("new_arguments", []):
        kwargs = {"index_or_args_or_kwargs": new}
        asked.ask("infer_arguments", kwargs, lambda: arguments(decode(new)), encode)


def decode_calls(recording):
    """(args, kwargs) of each call."""
    return [
        (
            tuple(decode(v) for v in call["args"]),
            {k: decode(v) for k, v in call["kwargs"].items()},
        )
        for call in recording["observations"]
    ]


def ask_torch(asked, model, recording):
    """AdditionalInputs, and what transformers has instead."""

    def merge():
        first, *others = decode_calls(recording)
        added = AdditionalInputs()
        for args, kwargs in others:
            added.add(args, kwargs)
        return added.dynamic_shapes(model, *first)

    def every_axis():
        args, kwargs = decode_calls(recording)[0]
        return get_auto_dynamic_shapes(list(args) or kwargs)

    asked.ask("dynamic_shapes", {}, merge, encode_shapes)
    asked.ask("get_auto_dynamic_shapes", {}, every_axis, encode_shapes)


def ask_inputs(asked, model, recording):
    """ModelInputs and functions on plain inputs."""

    def inputs():
        return decode_calls(recording)

    def move():
        made = ModelInputs(model, inputs())
        args, kwargs, shapes = made.move_to_kwargs(
            *made.inputs[0], made.guess_dynamic_shapes()
        )
        return {
            "args": encode(args),
            "kwargs": encode(kwargs),
            "dynamic_shapes": encode_shapes(shapes),
        }

    for auto in (False, True, "d"):
        asked.ask(
            "guess_dynamic_shapes",
            {"auto": auto},
            lambda: ModelInputs(model, inputs()).guess_dynamic_shapes(auto=auto),
            encode_shapes,
        )
    asked.ask(
        "guess_dynamic_shapes_from_inputs",
        {},
        lambda: guess_dynamic_shapes_from_inputs(inputs()),
        encode_shapes,
    )
    asked.ask("move_to_kwargs", {}, move, lambda moved: moved)
    asked.ask(
        "validate_inputs_for_export",
        {},
        lambda: ModelInputs(model, inputs()).validate_inputs_for_export(),
        encode_shapes,
    )
    for part, name in enumerate(("args", "kwargs")):
        asked.ask(
            "all_dynamic_shapes_from_inputs",
            {"inputs": name, "dim_prefix": "d"},
            lambda: all_dynamic_shapes_from_inputs(inputs()[0][part], "d"),
            encode_shapes,
        )
    asked.ask(
        "all_dynamic_shapes_from_inputs",
        {"inputs": "kwargs", "dim_prefix": "Dim.AUTO"},
        lambda: all_dynamic_shapes_from_inputs(inputs()[0][1], Dim.AUTO),
        encode_shapes,
    )


def answered(recording):
    """The recording with its expected answers, or None for an illegal call."""
    model, signature = make_model(recording["signature"])
    for call in recording["observations"]:
        try:
            signature.bind(*call["args"], **call["kwargs"])
        except TypeError:
            return None
    asked = Asked()
    ask_observer(asked, model, recording)
    ask_inputs(asked, model, recording)
    if recording["observations"]:
        ask_torch(asked, model, recording)
    return {**recording, "expected": asked.answers}


def main():
    states = {text: name for name, text in REGISTRATIONS.items()}
    REGISTER[states[sys.argv[1]]]()
    for line in sys.stdin:
        recording = answered(json.loads(line))
        if recording is not None:
            print(json.dumps(recording, separators=(",", ":")))


if __name__ == "__main__":
    main()
