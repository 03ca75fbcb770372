"""Exports tiny models of `transformers` with plain dims, in one round.

The models are those of docs/models; what is expected of them is what release 5.23 of
`transformers` does.
"""

# ruff: noqa: E402  these imports need transformers

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("transformers", reason="transformers is not installed")

sys.path.insert(0, str(Path(__file__).parents[3] / "docs" / "models"))

from before_after import changes
from outcomes import try_corners
from tiny_models import CASES

import dimsat.torch

EXPECTED = {
    "llama": "nothing",
    "llama_cache": "`seq = Dim.DYNAMIC (2..256)`, `total = Dim.DYNAMIC (9..263)`,"
    " `past = 7`",
    "llama_cache_auto": "nothing",
    "mistral": "nothing",
    "qwen2": "nothing",
    "gpt2": "nothing",
    "bert": "`seq 0..64`",
    "bert_own_name": "`seq 0..64`, `mask_seq = seq (0..64)`",
    "t5_encoder": "nothing",
    "vit": "`height = 32`, `width = 32`",
    "vit_interpolated": "`height 40..256`, `width 24..256`",
    "swin": "`batch 2..16`, `height = 8*_height (2..32)`, `width = 8*_width (2..32)`",
    "whisper_encoder": "`frames = 100`",
    "clip": "`seq 0..24`, `height = 32`, `width = 32`",
    "segformer": "`height 13..256`, `width 13..256`",
    "convnext": "`height 32..256`, `width 32..256`",
    "resnet": "`height 17..256`, `width 17..256`",
    "resnet_one": "`batch = 1`, `height 17..256`, `width 17..256`",
}

# What programs that PyTorch exported at once refuse of sizes below 2.
REFUSING = {"llama_cache_auto": ("L['attention_mask'].size()[1] >= 4",)}


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The specs of all exports that fail, as they are made."""
    seen: list[Any] = []
    export = torch.export.export

    def watched(*args: Any, **options: Any) -> Any:
        try:
            return export(*args, **options)
        except Exception:
            seen.append(options["dynamic_shapes"])
            raise

    monkeypatch.setattr(torch.export, "export", watched)
    return seen


def exported(name: str, **options: Any) -> tuple[Any, Any]:
    """The program of a model, and the spec that it was exported with."""
    case = CASES[name]()
    args, kwargs = case.inputs(case.sizes)
    program: Any = dimsat.torch.export(
        case.model, args, kwargs, dynamic_shapes=case.dynamic_shapes, **options
    )
    return program, program.dimsat_report.dynamic_shapes or case.dynamic_shapes


def takes_what_it_promises(name: str, program: Any, used: Any) -> None:
    """The program takes the corners of the spec, and computes what the model does."""
    outcome = try_corners(CASES[name], program, used, program.dimsat_report.fixes)
    assert outcome.tried > 0
    assert outcome.refused == []
    assert outcome.different == []


@pytest.mark.parametrize("name", CASES)
def test_one_round_is_enough(name: str, refused: list[Any]) -> None:
    """No repair is refused, it is the expected one, and the program keeps to it."""
    program, used = exported(name)
    assert changes(CASES[name], used) == EXPECTED[name]
    assert len(refused) == (EXPECTED[name] != "nothing")
    takes_what_it_promises(name, program, used)
    checked = dimsat.torch.check_program(program, used)
    assert checked.refusing == REFUSING.get(name, ())


@pytest.mark.parametrize("name", ["bert", "resnet"])
def test_strict_mode_says_the_same(name: str) -> None:
    """TorchDynamo traces another way, and the repair is the same."""
    program, used = exported(name, strict=True)
    assert changes(CASES[name], used) == EXPECTED[name]
    takes_what_it_promises(name, program, used)


def test_a_batch_of_one_stays_dynamic_when_traced_with_two() -> None:
    """`retrace=True` does away with `batch = 1`, and with nothing else."""
    program, used = exported("resnet_one", retrace=True)
    assert changes(CASES["resnet_one"], used) == EXPECTED["resnet"]
    takes_what_it_promises("resnet_one", program, used)
