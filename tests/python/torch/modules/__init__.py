"""Small models with specs, by family, on which the repair of exports is measured.

``CASES`` holds them by name.
"""

from __future__ import annotations

import importlib
import pkgutil

from .notation import CASES, Built, Case

__all__ = ["CASES", "Built", "Case"]

for found in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
    importlib.import_module(f"{__name__}.{found.name}")
