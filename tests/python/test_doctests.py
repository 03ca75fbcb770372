"""The examples of the documentation hold."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import dimsat

CORE = [
    f"dimsat.{module.name}"
    for module in pkgutil.iter_modules(dimsat.__path__)
    if module.name not in ("torch", "_native", "__main__")
]


@pytest.mark.parametrize("name", ["dimsat", *CORE])
def test_examples(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0
