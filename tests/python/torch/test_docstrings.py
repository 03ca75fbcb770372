"""The examples of the documentation of dimsat.torch and dimsat.observe hold."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import dimsat.observe
import dimsat.torch

PACKAGES = dimsat.torch, dimsat.observe
MODULES = [package.__name__ for package in PACKAGES] + [
    f"{package.__name__}.{module.name}"
    for package in PACKAGES
    for module in pkgutil.iter_modules(package.__path__)
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0
