"""Loops of generate() of many kinds, from calls to programs that do the same."""

from __future__ import annotations

import copy
import functools
import inspect

import pytest
import torch

from dimsat.observe import InputObserver, check

transformers = pytest.importorskip("transformers")

SMALL = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "vocab_size": 32,
}


def llama():
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**SMALL))


def windowed(window):
    config = transformers.MistralConfig(
        **SMALL, num_key_value_heads=1, sliding_window=window
    )
    return transformers.MistralForCausalLM(config)


def whole_encoder():
    config = transformers.T5Config(
        d_model=16,
        d_kv=8,
        d_ff=16,
        num_layers=1,
        num_heads=2,
        vocab_size=32,
        decoder_start_token_id=0,
    )
    return transformers.T5ForConditionalGeneration(config)


def mamba():
    config = transformers.MambaConfig(
        hidden_size=16, num_hidden_layers=1, vocab_size=32, state_size=4
    )
    return transformers.MambaForCausalLM(config)


class Loop:
    """What a loop of generate() called its model with, and what was observed."""

    def __init__(self, model, prompts=((2, 6), (3, 4)), **options):
        torch.manual_seed(0)
        self.model = model.eval()
        self.model.generation_config.eos_token_id = None
        self.model.generation_config.pad_token_id = 0
        self.observer = InputObserver()
        self.calls = []
        self._keep_calls()
        with self.observer(model):
            for batch, length in prompts:
                ids = torch.randint(1, 32, (batch, length))
                mask = torch.ones_like(ids)
                mask[0, 0] = 0  # else transformers makes the mask itself
                model.generate(
                    ids,
                    attention_mask=mask,
                    max_new_tokens=3,
                    do_sample=False,
                    **options,
                )
        del model.forward

    def _keep_calls(self):
        forward = self.model.forward

        @functools.wraps(forward)
        def kept(*args, **kwargs):
            assert not args
            self.calls.append(copy.deepcopy(kwargs))
            return forward(**kwargs)

        kept.__signature__ = inspect.signature(forward)
        self.model.forward = kept

    def agrees(self, exported, call):
        """Whether program and model give the same for a call as it was."""
        given = {name: self.calls[call].get(name) for name in exported.kwargs}
        with torch.no_grad():
            wanted = self.model(**copy.deepcopy(self.calls[call])).logits
            found = exported.program.module()(**copy.deepcopy(given)).logits
        torch.testing.assert_close(found, wanted, rtol=1e-3, atol=1e-4)
        return True


def relations(observer):
    return [relation.relation for relation in observer.findings().relations]


def refused(exported):
    return [refusal.call for refusal in exported.refused]


# ---- Caches of fixed length ------------------------------------------------------


def reserved(cache, like, batch):
    """A cache that nothing was put into yet, as a program takes it."""
    for layer, other in zip(cache.layers, like.layers, strict=True):
        if not layer.is_initialized:
            layer.lazy_initialization(
                *(
                    x[:1, :, :0].repeat(batch, 1, 1, 1)
                    for x in (other.keys, other.values)
                )
            )


def test_a_cache_of_fixed_length_counts():
    loop = Loop(llama(), cache_implementation="static", disable_compile=True)
    exported = loop.observer.export(loop.model)
    assert refused(exported) == []
    cache = exported.kwargs["past_key_values"]
    for index, call in enumerate(loop.calls):
        reserved(call["past_key_values"], cache, len(call["input_ids"]))
        assert loop.agrees(exported, index)


def test_a_saved_loop_is_exported_as_well(tmp_path):
    loop = Loop(windowed(64))
    loop.observer.save(tmp_path / "calls.json")
    loaded = InputObserver.load(tmp_path / "calls.json")
    assert loaded.to_json() == loop.observer.to_json()
    exported = loaded.export(loop.model)
    assert refused(exported) == []
    assert check(exported.program, loaded, model=loop.model).ok
    assert all(loop.agrees(exported, call) for call in (1, 2, 4, 5))


# ---- Windows ---------------------------------------------------------------------


def test_a_mask_is_as_long_as_what_a_window_has_seen():
    loop = Loop(windowed(4))
    cache = "past_key_values.cumulative_length_0"
    assert f"attention_mask[1] == input_ids[1] + {cache}" in relations(loop.observer)
    exported = loop.observer.export(loop.model)
    taken = {*range(6)} - {*refused(exported)}
    assert taken
    assert all(loop.agrees(exported, call) for call in taken)


# ---- Encoders --------------------------------------------------------------------


def test_what_a_decoder_keeps_of_its_encoder_is_there_or_not():
    loop = Loop(whole_encoder())
    crossed = "past_key_values.cross_attention_cache"
    assert f"{crossed}.key_0[2] == attention_mask[1]" in relations(loop.observer)
    first, later = (plan.calls for plan in reversed(loop.observer.plans()))
    assert (first, later) == ((0, 3), (1, 2, 4, 5))
    for exported in loop.observer.export_all(loop.model):
        assert sorted({*exported.plan.calls, *refused(exported)}) == list(range(6))
        assert all(loop.agrees(exported, call) for call in exported.plan.calls)


def test_an_encoder_and_caches_of_fixed_length():
    loop = Loop(whole_encoder(), cache_implementation="static", disable_compile=True)
    exported = loop.observer.export(loop.model)
    assert refused(exported) == [0, 3]
    assert all(loop.agrees(exported, call) for call in (1, 2, 4, 5))


# ---- No attention ----------------------------------------------------------------


def test_states_without_keys_are_made_again():
    loop = Loop(mamba())
    exported = loop.observer.export(loop.model)
    held = exported.kwargs["cache_params"].layers[0]
    assert held.conv_states[0].shape[1:] == (32, 4)
    # The model loops over tokens: a program is for one at a time, as most calls are.
    assert all(loop.agrees(exported, call) for call in (1, 2, 4, 5))
