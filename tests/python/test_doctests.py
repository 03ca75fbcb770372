"""The examples of the documentation hold."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import dimsat

ROOT = Path(__file__).resolve().parents[2]
CORE = [
    f"dimsat.{module.name}"
    for module in pkgutil.iter_modules(dimsat.__path__)
    if module.name not in ("torch", "observe", "_native", "__main__")
]
OBSERVE = [  # the modules that need no PyTorch
    f"dimsat.observe.{name}"
    for name in ("asking", "calls", "encoding", "findings", "novelty", "places")
]

TEXTS = ["docs/python.md", "README.md"]


@pytest.mark.parametrize("name", ["dimsat", *CORE, *OBSERVE])
def test_examples(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0


@pytest.mark.parametrize("name", TEXTS)
def test_documents(name: str) -> None:
    failed, tried = doctest.testfile(str(ROOT / name), module_relative=False)
    assert failed == 0
    assert tried > 0
