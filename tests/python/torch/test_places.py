"""Places: whose code a line is, and what it is called."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path

import pytest
import torch

from dimsat.torch import places
from dimsat.torch.places import Place

SITE = Path(torch.__file__).parents[1]


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (__file__, "user"),
        ("/somewhere/model.py", "user"),
        ("<stdin>", "user"),
        ("<ipython-input-3-abc>", "user"),
        ("<string>", "other"),
        ("<eval_with_key>.3", "other"),
        ("<frozen importlib._bootstrap>", "other"),
        (str(SITE / "transformers/models/llama/modeling_llama.py"), "user"),
        (str(SITE / "einops/einops.py"), "passes on"),
        (str(SITE / "typing_extensions.py"), "passes on"),
        (str(SITE / "torch/nn/functional.py"), "asks"),
        (str(SITE / "torch/fx/interpreter.py"), "other"),
        (str(SITE / "sympy/core/expr.py"), "other"),
        (os.__file__, "other"),
        (places.__file__, "other"),
    ],
)
def test_whose_code_it_is(file: str, kind: str) -> None:
    assert places._kind(file) == kind


def test_frames_of_the_user_hide_those_that_pass_on() -> None:
    einops = Place(str(SITE / "einops/einops.py"), 5, "rearrange")
    mine = Place("/somewhere/model.py", 3, "forward")
    inside = Place(str(SITE / "torch/nn/functional.py"), 9, "relu")
    assert places._own([inside, einops, mine]) == [mine]
    assert places._own([inside, einops]) == [einops]
    assert places._own([inside]) == []


def test_short_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path / "package"))
    assert places.shorten(str(tmp_path / "train.py")) == "train.py"
    assert places.shorten(str(tmp_path / "package/net/model.py")) == "net/model.py"
    assert places.shorten(str(SITE / "torch/nn/functional.py")).startswith("torch/nn")
    assert places.shorten("/elsewhere/model.py") == "/elsewhere/model.py"
    assert places.shorten("<stdin>") == "<stdin>"


def test_no_two_files_share_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "one/model.py", tmp_path / "two/model.py"
    monkeypatch.setattr(sys, "path", [str(one.parent), str(two.parent)])
    texts = [places.text_of(Place(str(file), 3, "forward")) for file in (one, two)]
    assert texts == ["model.py:3 in forward", f"{two}:3 in forward"]
    assert places.find(texts[1]) == Place(str(two), 3, "forward")


def test_cells_of_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    file = "/tmp/ipykernel_17/2041.py"
    compiler = types.SimpleNamespace(_filename_map={file: 3})
    shell = types.SimpleNamespace(compile=compiler)
    fake = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", fake)
    assert places.shorten(file) == "In[3]"
    assert places.shorten("/elsewhere/model.py") == "/elsewhere/model.py"


def test_lines_of_a_file_that_changed(tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text("first\n")
    place = Place(str(file), 1, "forward")
    assert place.source_line() == "first"
    file.write_text("the second\n")
    assert place.source_line() == "the second"
    assert Place(str(file), 7, "forward").source_line() == ""
