"""Tiny, randomly initialised models of `transformers`, each with a plain spec.

Every function gives a `Case`: a model, the inputs it is traced with, and the
`dynamic_shapes` that somebody who has not read the model would write: a named
`Dim` for the batch, the sequence, the height and the width.  Nothing is
downloaded; weights and inputs come from fixed seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
import transformers
from torch.export import Dim
from transformers.integrations.executorch import register_dynamic_cache_export_support

SEED = 2026
VOCABULARY = 99

Sizes = Mapping[str, int]
Inputs = tuple[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """What a call of `torch.export.export` takes, for any sizes.

    `inputs(sizes)` gives the arguments, positional and named, for sizes by the
    name of their dim; `sizes` are those of the example.  Call it anew for every
    use: a model may write into its arguments, as into a cache.
    """

    model: torch.nn.Module
    sizes: Sizes
    inputs: Callable[[Sizes], Inputs]
    dynamic_shapes: Any


Build = Callable[[], Case]

CASES: dict[str, Build] = {}


def case(build: Build) -> Build:
    """Lists a function among the CASES, under its own name."""
    CASES[build.__name__] = build
    return build


def seeded(make: Callable[..., torch.nn.Module], config: Any) -> torch.nn.Module:
    """The model of a configuration, with the same weights on every run."""
    torch.manual_seed(SEED)
    return make(config).eval()


def tokens(batch: int, sequence: int) -> torch.Tensor:
    """Token numbers, none of them special."""
    generator = torch.Generator().manual_seed(SEED)
    return torch.randint(3, VOCABULARY - 1, (batch, sequence), generator=generator)


def mask(batch: int, sequence: int) -> torch.Tensor:
    """An attention mask without padding."""
    return torch.ones(batch, sequence, dtype=torch.int64)


def noise(*sizes: int) -> torch.Tensor:
    """Pictures, spectrograms, or keys and values of a cache."""
    return torch.rand(*sizes, generator=torch.Generator().manual_seed(SEED))


# Models of text.

DECODER: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
    "use_cache": False,
}


def text(model: torch.nn.Module) -> Case:
    """A model of tokens and their mask, both `[batch, seq]`."""

    def inputs(sizes: Sizes) -> Inputs:
        shape = sizes["batch"], sizes["seq"]
        return (), {"input_ids": tokens(*shape), "attention_mask": mask(*shape)}

    batch, seq = Dim("batch", min=1, max=64), Dim("seq", max=512)
    shapes = {key: {0: batch, 1: seq} for key in ("input_ids", "attention_mask")}
    return Case(model, {"batch": 3, "seq": 10}, inputs, shapes)


@case
def llama() -> Case:
    config = transformers.LlamaConfig(**DECODER)
    return text(seeded(transformers.LlamaForCausalLM, config))


def decoding(total: Any) -> Case:
    """New tokens beside the keys and values of earlier ones, masked together.

    `total` is what the spec says about the length of the mask, past and new.
    """
    register_dynamic_cache_export_support()  # type: ignore[no-untyped-call]
    config = transformers.LlamaConfig(**{**DECODER, "use_cache": True})
    layers, heads, features = 2, 2, 8

    def inputs(sizes: Sizes) -> Inputs:
        batch, seq, past = sizes["batch"], sizes["seq"], sizes["past"]
        cache = transformers.DynamicCache(config=config)
        for layer in range(layers):
            old = noise(2, batch, heads, past, features)
            cache.update(old[0], old[1], layer)
        return (), {
            "input_ids": tokens(batch, seq),
            "attention_mask": mask(batch, sizes.get("total", past + seq)),
            "past_key_values": cache,
        }

    batch = Dim("batch", min=1, max=64)
    shapes = {
        "input_ids": {0: batch, 1: Dim("seq", max=256)},
        "attention_mask": {0: batch, 1: total},
        "past_key_values": [[{0: batch, 2: Dim("past", max=256)}] * layers] * 2,
    }
    model = seeded(transformers.LlamaForCausalLM, config)
    return Case(model, {"batch": 3, "seq": 5, "past": 7}, inputs, shapes)


@case
def llama_cache() -> Case:
    """A dim of its own for the mask: no Dim can say that it is past + seq."""
    case = decoding(Dim("total", max=512))
    return replace(case, sizes={**case.sizes, "total": 12})


@case
def llama_cache_auto() -> Case:
    """The same where the length of the mask is left to the tracer."""
    return decoding(Dim.AUTO)


@case
def mistral() -> Case:
    config = transformers.MistralConfig(**DECODER, sliding_window=16)
    return text(seeded(transformers.MistralForCausalLM, config))


@case
def qwen2() -> Case:
    config = transformers.Qwen2Config(**DECODER)
    return text(seeded(transformers.Qwen2ForCausalLM, config))


@case
def gpt2() -> Case:
    config = transformers.GPT2Config(
        vocab_size=VOCABULARY,
        n_positions=64,
        n_embd=32,
        n_layer=2,
        n_head=4,
        use_cache=False,
        bos_token_id=1,
        eos_token_id=2,
    )
    return text(seeded(transformers.GPT2LMHeadModel, config))


LAYERS: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}


def bert_model() -> torch.nn.Module:
    """BERT with room for 64 positions."""
    config = transformers.BertConfig(
        **LAYERS, vocab_size=VOCABULARY, max_position_embeddings=64
    )
    return seeded(transformers.BertModel, config)


@case
def bert() -> Case:
    return text(bert_model())


@case
def bert_own_name() -> Case:
    """The same model, where the mask got a length of its own name."""

    def inputs(sizes: Sizes) -> Inputs:
        return (), {
            "input_ids": tokens(sizes["batch"], sizes["seq"]),
            "attention_mask": mask(sizes["batch"], sizes["mask_seq"]),
        }

    batch = Dim("batch", min=1, max=64)
    shapes = {
        "input_ids": {0: batch, 1: Dim("seq", max=512)},
        "attention_mask": {0: batch, 1: Dim("mask_seq")},
    }
    return Case(bert_model(), {"batch": 3, "seq": 10, "mask_seq": 10}, inputs, shapes)


@case
def t5_encoder() -> Case:
    config = transformers.T5Config(
        vocab_size=VOCABULARY, d_model=32, d_kv=8, d_ff=48, num_layers=2, num_heads=4
    )
    return text(seeded(transformers.T5EncoderModel, config))


# Models of pictures and sound.


def picture(model: torch.nn.Module, sizes: Sizes, **options: Any) -> Case:
    """A model of pictures, `[batch, 3, height, width]`."""

    def inputs(sizes: Sizes) -> Inputs:
        shape = sizes["batch"], 3, sizes["height"], sizes["width"]
        return (noise(*shape),), dict(options)

    batch = Dim("batch", min=1, max=16)
    height, width = Dim("height", max=256), Dim("width", max=256)
    shapes = {
        "pixel_values": {0: batch, 2: height, 3: width},
        **dict.fromkeys(options),
    }
    return Case(model, sizes, inputs, shapes)


def vit_model() -> torch.nn.Module:
    """ViT made for pictures of 32 x 32."""
    config = transformers.ViTConfig(**LAYERS, image_size=32, patch_size=8)
    return seeded(transformers.ViTModel, config)


@case
def vit() -> Case:
    return picture(vit_model(), {"batch": 2, "height": 32, "width": 32})


@case
def vit_interpolated() -> Case:
    """The same model, asked to stretch its positions over any size."""
    sizes = {"batch": 2, "height": 48, "width": 40}
    return picture(vit_model(), sizes, interpolate_pos_encoding=True)


@case
def swin() -> Case:
    config = transformers.SwinConfig(
        image_size=32,
        patch_size=2,
        embed_dim=16,
        depths=[2],
        num_heads=[2],
        window_size=4,
    )
    model = seeded(transformers.SwinModel, config)
    return picture(model, {"batch": 2, "height": 32, "width": 48})


@case
def whisper_encoder() -> Case:
    config = transformers.WhisperConfig(
        vocab_size=VOCABULARY,
        num_mel_bins=16,
        d_model=32,
        encoder_layers=2,
        encoder_attention_heads=4,
        encoder_ffn_dim=48,
        decoder_layers=1,
        decoder_attention_heads=4,
        decoder_ffn_dim=48,
        max_source_positions=50,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=1,
    )

    def inputs(sizes: Sizes) -> Inputs:
        return (noise(sizes["batch"], 16, sizes["frames"]),), {}

    shapes = {"input_features": {0: Dim("batch", min=1, max=64), 2: Dim("frames")}}
    model = seeded(transformers.WhisperModel, config)
    return Case(
        model.get_submodule("encoder"), {"batch": 2, "frames": 100}, inputs, shapes
    )


@case
def clip() -> Case:
    config = transformers.CLIPConfig(
        text_config={
            **LAYERS,
            "vocab_size": VOCABULARY,
            "max_position_embeddings": 24,
            "pad_token_id": 0,
            "bos_token_id": 1,
            "eos_token_id": 2,
        },
        vision_config={**LAYERS, "image_size": 32, "patch_size": 8},
        projection_dim=16,
    )

    def inputs(sizes: Sizes) -> Inputs:
        shape = sizes["texts"], sizes["seq"]
        pixels = noise(sizes["images"], 3, sizes["height"], sizes["width"])
        return (), {
            "input_ids": tokens(*shape),
            "pixel_values": pixels,
            "attention_mask": mask(*shape),
        }

    texts, seq = Dim("texts", min=1, max=64), Dim("seq")
    images = Dim("images", min=1, max=64)
    shapes = {
        "input_ids": {0: texts, 1: seq},
        "pixel_values": {0: images, 2: Dim("height"), 3: Dim("width")},
        "attention_mask": {0: texts, 1: seq},
    }
    sizes = {"texts": 3, "seq": 10, "images": 2, "height": 32, "width": 32}
    model = seeded(transformers.CLIPModel, config)
    return Case(model, sizes, inputs, shapes)


@case
def segformer() -> Case:
    config = transformers.SegformerConfig(
        num_encoder_blocks=2,
        depths=[1, 1],
        sr_ratios=[2, 1],
        hidden_sizes=[16, 32],
        patch_sizes=[7, 3],
        strides=[4, 2],
        num_attention_heads=[1, 2],
        mlp_ratios=[2, 2],
        decoder_hidden_size=16,
    )
    model = seeded(transformers.SegformerForSemanticSegmentation, config)
    return picture(model, {"batch": 2, "height": 64, "width": 96})


@case
def convnext() -> Case:
    config = transformers.ConvNextConfig(
        num_stages=3, hidden_sizes=[16, 24, 32], depths=[1, 1, 1], patch_size=4
    )
    model = seeded(transformers.ConvNextModel, config)
    return picture(model, {"batch": 2, "height": 64, "width": 96})


def resnet_model() -> torch.nn.Module:
    """ResNet of three stages: pictures shrink by 16."""
    config = transformers.ResNetConfig(
        embedding_size=16,
        hidden_sizes=[16, 32, 64],
        depths=[1, 1, 1],
        layer_type="basic",
    )
    return seeded(transformers.ResNetModel, config)


@case
def resnet() -> Case:
    return picture(resnet_model(), {"batch": 2, "height": 64, "width": 96})


@case
def resnet_one() -> Case:
    """The same model, traced with one picture: PyTorch burns in a size of 1."""
    return picture(resnet_model(), {"batch": 1, "height": 64, "width": 96})
