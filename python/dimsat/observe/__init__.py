"""From observed calls to dynamic shapes: what varies, how, and how sure that is.

PyTorch is imported when something needs it, not before.

>>> import torch
>>> from dimsat.observe import InputObserver
>>> class Padded(torch.nn.Module):
...     def forward(self, x, y):
...         return torch.cat([x, x[:1]]) + y
>>> model, observer = Padded(), InputObserver()
>>> with observer(model):
...     for rows in (3, 4, 7):
...         _ = model(torch.ones(rows, 8), torch.ones(rows + 1, 8))
>>> observer.findings()
<Findings of 3 calls: 2 of 4 sizes vary; y[0] == x[0] + 1>
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dimsat.lazy import lazy
from dimsat.observe.calls import Calls
from dimsat.observe.findings import Findings, find
from dimsat.observe.grouping import Plan

if TYPE_CHECKING:
    from dimsat.observe.caches import register_caches
    from dimsat.observe.checking import Check, check
    from dimsat.observe.exported import Exported, Hypothesis
    from dimsat.observe.exporting import ObservedExportError, export
    from dimsat.observe.model_inputs import (
        ModelInputs,
        all_dynamic_shapes_from_inputs,
        guess_dynamic_shapes_from_inputs,
    )
    from dimsat.observe.observer import InputObserver

__all__ = [
    "Calls",
    "Check",
    "Exported",
    "Findings",
    "Hypothesis",
    "InputObserver",
    "ModelInputs",
    "ObservedExportError",
    "Plan",
    "all_dynamic_shapes_from_inputs",
    "check",
    "export",
    "find",
    "guess_dynamic_shapes_from_inputs",
    "register_caches",
]

_HOME = {
    "Check": "checking",
    "Exported": "exported",
    "Hypothesis": "exported",
    "InputObserver": "observer",
    "ModelInputs": "model_inputs",
    "ObservedExportError": "exporting",
    "all_dynamic_shapes_from_inputs": "model_inputs",
    "check": "checking",
    "export": "exporting",
    "guess_dynamic_shapes_from_inputs": "model_inputs",
    "register_caches": "caches",
}


__getattr__ = lazy(__name__, _HOME, lambda name: f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
