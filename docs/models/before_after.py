"""Prints what becomes of each tiny model, with torch.export alone and with dimsat.

    python docs/models/before_after.py [MODEL...]

"Alone" follows PyTorch's own suggested fixes for as long as it has any.  Every
program is then run at the ends of the ranges that its spec allows, and compared
with the model itself; sizes that the model refuses as well are left out.
"""

from __future__ import annotations

import logging
import sys
import warnings
from typing import Any

import torch
from outcomes import Outcome, entries, range_of, try_corners
from tiny_models import CASES, Build
from torch.export import ExportedProgram
from torch.export.dynamic_shapes import refine_dynamic_shapes_from_suggested_fixes

import dimsat.torch

ROUNDS = 5


def export_alone(build: Build, spec: Any) -> ExportedProgram:
    """One call of torch.export.export, with inputs of its own."""
    case = build()
    args, kwargs = case.inputs(case.sizes)
    return torch.export.export(case.model, args, kwargs, dynamic_shapes=spec)


def alone(build: Build) -> tuple[str, ExportedProgram | None, Any]:
    """PyTorch's way: what happened, the program, and the spec it was made with."""
    spec = build().dynamic_shapes
    for refusals in range(ROUNDS):
        try:
            program = export_alone(build, spec)
        except Exception as error:
            message = getattr(error, "msg", str(error))
            if "Suggested fixes:" not in message:
                return f"refused {times(refusals + 1)}, then no fix", None, spec
            spec = refine_dynamic_shapes_from_suggested_fixes(message, spec)
        else:
            said = f"refused {times(refusals)}, then exports" if refusals else "exports"
            return said, program, spec
    return f"refused {times(ROUNDS)}", None, spec


def times(count: int) -> str:
    """How often, in words."""
    return "once" if count == 1 else f"{count} times"


def change(name: str, entry: Any, size: int) -> str:
    """An entry of a spec in short: `seq 0..64`, `height = 8*_height (2..32)`."""
    if isinstance(entry, int):
        return f"{name} = {entry}"
    allowed = range_of(name, entry, size)
    end = "" if allowed.high is None else str(allowed.high)
    ends = f"{allowed.low}..{end}"
    text = getattr(entry, "__name__", "Dim.DYNAMIC")
    return f"{name} {ends}" if text == name else f"{name} = {text} ({ends})"


def changes(build: Build, used: Any) -> str:
    """What a repair changed in the spec."""
    case = build()
    given = entries(case.dynamic_shapes, case.dynamic_shapes)
    found = [
        change(name, entry, case.sizes[name])
        for name, entry in entries(case.dynamic_shapes, used).items()
        if change(name, entry, 0) != change(name, given[name], 0)
    ]
    return ", ".join(f"`{text}`" for text in found) or "nothing"


def outcome(result: Outcome) -> str:
    """How many of the sizes a program refuses or gets wrong."""
    wrong = len(result.refused) + len(result.different)
    return f"{wrong} of {result.tried}"


def row(name: str, build: Build) -> str:
    """One line of the table."""
    said, program, spec = alone(build)
    before = outcome(try_corners(build, program, spec)) if program else ""
    case = build()
    args, kwargs = case.inputs(case.sizes)
    repaired: Any = dimsat.torch.export(
        case.model, args, kwargs, dynamic_shapes=case.dynamic_shapes
    )
    used = repaired.dimsat_report.dynamic_shapes or case.dynamic_shapes
    fixes = repaired.dimsat_report.fixes
    after = outcome(try_corners(build, repaired, used, fixes))
    return f"| {name} | {said} | {before} | {changes(build, used)} | {after} |"


def main(names: list[str]) -> None:
    """Prints the table for the models named, or for all."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    print("| model | torch.export alone | refuses | dimsat changes | refuses |")
    print("|---|---|---|---|---|")
    for name in names or CASES:
        print(row(name, CASES[name]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
