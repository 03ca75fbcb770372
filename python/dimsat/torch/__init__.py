"""Explains and repairs exports of PyTorch.

PyTorch is imported when a name of this package is first used, not before.

>>> import torch
>>> from torch.export import Dim
>>> from dimsat.torch import explain
>>> class Quarters(torch.nn.Module):
...     def forward(self, x):
...         return x.view(-1, 4)
>>> report = explain(
...     Quarters(), (torch.ones(8),), dynamic_shapes={"x": {0: Dim("n")}}
... )
>>> report.verdict, report.dynamic_shapes
('violated', {'x': {0: 4*_n}})
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dimsat.lazy import lazy

if TYPE_CHECKING:
    from dimsat.torch.explaining import (
        Capture,
        capture,
        explain,
        from_exception,
        from_text,
    )
    from dimsat.torch.exporting import ExportError, export
    from dimsat.torch.program import ProgramReport, check_program
    from dimsat.torch.report import Report

__all__ = [
    "Capture",
    "ExportError",
    "ProgramReport",
    "Report",
    "capture",
    "check_program",
    "explain",
    "export",
    "from_exception",
    "from_text",
]

_HOME = {
    "Capture": "explaining",
    "ExportError": "exporting",
    "ProgramReport": "program",
    "Report": "report",
    "capture": "explaining",
    "check_program": "program",
    "explain": "explaining",
    "export": "exporting",
    "from_exception": "explaining",
    "from_text": "explaining",
}


__getattr__ = lazy(__name__, _HOME, lambda _: __name__)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
