"""The examples of dimsat.torch's documentation hold."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import dimsat.torch

MODULES = [module.name for module in pkgutil.iter_modules(dimsat.torch.__path__)]


@pytest.mark.parametrize("name", ["", *MODULES])
def test_examples(name: str) -> None:
    module = importlib.import_module(f"dimsat.torch.{name}".rstrip("."))
    failed, _ = doctest.testmod(module)
    assert failed == 0
