"""Caches that `register_caches` made known, from generate() to torch.export."""

from __future__ import annotations

import copy

import pytest
import torch
from torch.export import Dim
from torch.utils import _pytree as pytree

from dimsat.observe import InputObserver, register_caches

transformers = pytest.importorskip("transformers")

SMALL = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "intermediate_size": 16,
    "vocab_size": 32,
}


def llama():
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**SMALL))


def windowed():
    config = transformers.MistralConfig(**SMALL, sliding_window=64)
    return transformers.MistralForCausalLM(config)


def whole_encoder():
    config = transformers.T5Config(
        d_model=16,
        d_kv=8,
        d_ff=16,
        num_layers=2,
        num_heads=2,
        vocab_size=32,
        decoder_start_token_id=0,
    )
    return transformers.T5ForConditionalGeneration(config)


FIXED = {"cache_implementation": "static", "disable_compile": True}


def observed(model, **options):
    """What was observed in two loops, and the second call of the second one."""
    torch.manual_seed(0)
    model.eval().generation_config.eos_token_id = None
    model.generation_config.pad_token_id = 0
    observer, kept = InputObserver(), []
    with observer(model, store_n_calls=6):
        watched = model.forward
        model.forward = lambda *args, **kwargs: (
            kept.append(copy.deepcopy(kwargs)) or watched(*args, **kwargs)
        )
        for batch, length in ((2, 6), (3, 4)):
            ids = torch.randint(1, 32, (batch, length))
            mask = torch.ones_like(ids)
            mask[0, 0] = 0
            model.generate(
                ids,
                attention_mask=mask,
                max_new_tokens=3,
                do_sample=False,
                **options,
            )
        model.forward = watched
    return observer, kept[4]


def automatic(shapes):
    """The same, and a tracer may make axes static."""
    if isinstance(shapes, dict):
        return {key: automatic(value) for key, value in shapes.items()}
    if isinstance(shapes, (list, tuple)):
        return type(shapes)(automatic(item) for item in shapes)
    return Dim.AUTO if shapes == Dim.DYNAMIC else shapes


# The first test: nothing is registered yet.
def test_the_error_says_how_to_register():
    observer, _ = observed(llama())
    with pytest.raises(
        RuntimeError, match=r"type `dimsat.observe.register_caches\(\)`"
    ):
        observer.infer_dynamic_shapes()
    register_caches()
    assert len(observer.infer_dynamic_shapes()["past_key_values"]) == 4


CASES = {
    "growing": (llama, {}, 2),
    "fixed": (llama, FIXED, 3),
    "window": (windowed, {}, 3),
    "fixed window": (windowed, FIXED, 4),
    "encoder": (whole_encoder, {}, 2 + 2),
    "encoder, fixed": (whole_encoder, FIXED, 3 + 3),
}
"""A model, how it generates, and how many parts a layer of its cache has."""


@pytest.mark.parametrize(("make", "options", "parts"), CASES.values(), ids=CASES)
def test_torch_export_takes_what_is_inferred(make, options, parts):
    register_caches()
    model = make()
    observer, call = observed(model, **options)
    shapes = observer.infer_dynamic_shapes(set_batch_dimension_for=True)
    for which in (None, 0, 1, 4):
        kwargs = observer.infer_arguments(which)
        held = pytree.tree_leaves(kwargs["past_key_values"])
        assert len(held) == 2 * parts
        flat = observer.infer_arguments(which, flat=True)
        assert len(flat) == len(pytree.tree_leaves(kwargs))
    program = torch.export.export(
        model, (), kwargs, dynamic_shapes=automatic(shapes), strict=False
    )
    with torch.no_grad():
        wanted = model(**copy.deepcopy(call)).logits
        found = program.module()(**{name: call[name] for name in kwargs}).logits
    torch.testing.assert_close(found, wanted, rtol=1e-3, atol=1e-4)


def test_numbers_that_windows_count_with():
    register_caches()
    observer, _ = observed(windowed())
    shapes = observer.infer_dynamic_shapes()["past_key_values"]
    assert shapes[2] == shapes[5] == Dim.DYNAMIC
    counted = [
        observer.infer_arguments(call)["past_key_values"].layers[1].cumulative_length
        for call in range(6)
    ]
    assert counted == [0, 6, 7, 0, 4, 5]
    layer = observer.infer_arguments(1)["past_key_values"].layers[0]
    assert layer.sliding_window == 64
