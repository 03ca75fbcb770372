"""Measures the repair of exports: PyTorch's own text against dimsat.torch.export.

    python tests/python/torch/measure.py [--baseline FILE] [--json FILE]
        [--explain] [--strict] [--late] [NAME...]

A NAME is a case or a family; none means all. For every case: how many rounds PyTorch
alone needs (0: exports as it is, -: never), how many dimsat needs, at how many sizes
of the repaired spec the program ran, and the share of what a person would allow that
the repaired spec allows. The baseline file keeps PyTorch's rounds between runs.
With --explain the spec is that of dimsat.torch.explain. --strict and --late export all
cases in strict mode, or with runtime asserts instead of guards, without a baseline.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import functools
import json
import sys
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
from accept import accepts
from modules import CASES, Built, Case
from person import kept, too_wide
from torch.export import _trace
from trial import OutOfTime, at_most, baseline, export, quiet

from dimsat.torch import explain
from dimsat.torch.exporting import ExportError
from dimsat.torch.exporting import export as repaired_export
from dimsat.torch.program import check_program
from dimsat.torch.rebuild import rebuild
from dimsat.torch.spec import describe

EARLY = (
    "not in range [",
    "is not equal to",
    "Static shape constraint of",
    "Expected input",
    "Expected shape[",
    "Expected derived",
    "Found the following conflicts",
)
"""What PyTorch says when it stops before, or long after, it knows the guards."""


HEADER = (
    f"{'family':12} {'case':32} {'fate':6} {'torch':>5} {'ours':>5}"
    f" {'points':>6} {'works':5} {'kept':>5}  note"
)


@dataclasses.dataclass
class Row:
    """One line of the table. Rounds are None where no export succeeded."""

    name: str
    family: str
    fate: str
    torch: int | None
    ours: int | None = None
    works: bool = False
    points: int = 0
    kept: str = ""
    shapes: str = ""
    note: str = ""

    @property
    def repairable(self) -> bool:
        """PyTorch refuses, and some repair exists."""
        return self.torch != 0 and (self.works or self.fate in ("fine", "repair"))


@contextlib.contextmanager
def counted() -> Iterator[list[BaseException | None]]:
    """The outcome of each export of PyTorch inside: its error, or None."""
    outcomes: list[BaseException | None] = []
    original = _trace._export

    @functools.wraps(original)
    def counting(*args: Any, **kwargs: Any) -> Any:
        position = len(outcomes)
        outcomes.append(None)
        try:
            return original(*args, **kwargs)
        except BaseException as error:
            outcomes[position] = error
            raise

    _trace._export = counting
    try:
        yield outcomes
    finally:
        _trace._export = original


def rounds_of(outcomes: list[BaseException | None]) -> int:
    """Failed exports, each of which a repair answered.

    One that failed before the model was traced, because the spec has no room for its
    example, is free when the traced one failed too.
    """
    failed = [str(error) for error in outcomes if error is not None]
    early = bool(failed) and any(text in failed[0] for text in EARLY)
    return len(failed) - 1 if early and len(failed) > 1 else len(failed)


def measure(case: Case, torch_rounds: int | None) -> Row:
    """One case through dimsat.torch.export, and its program at the corners."""
    row = Row(case.name, case.family, case.fate, torch_rounds)
    built = case.build()
    torch._dynamo.reset()
    try:
        with quiet(), at_most(120), counted() as outcomes, torch.no_grad():
            program = repaired_export(
                built.module,
                built.args,
                built.kwargs,
                dynamic_shapes=built.dynamic_shapes,
                strict=case.strict,
                **case.options,
            )
    except ExportError as error:
        notes = error.report.result.notes[:2] if error.report.result else ()
        row.note = f"no repair: {_short(str(notes), 160)}"
        return row
    except (Exception, OutOfTime) as error:
        row.note = f"CRASH {type(error).__name__}: {_short(str(error), 200)}"
        return row
    row.ours = rounds_of(outcomes)
    report: Any = program.dimsat_report  # type: ignore[attr-defined]
    shapes = report.dynamic_shapes
    judge(case, row, built, program, shapes)
    return row


def measure_explained(case: Case, torch_rounds: int | None) -> Row:
    """One case through dimsat.torch.explain; its spec goes to PyTorch's own export."""
    row = Row(case.name, case.family, case.fate, torch_rounds)
    built = case.build()
    torch._dynamo.reset()
    try:
        with quiet(), at_most(120), torch.no_grad():
            report = explain(
                built.module,
                built.args,
                built.kwargs,
                dynamic_shapes=built.dynamic_shapes,
                strict=case.strict,
                **case.options,
            )
    except (Exception, OutOfTime) as error:
        row.note = f"CRASH {type(error).__name__}: {_short(str(error), 200)}"
        return row
    if report.dynamic_shapes is None:
        row.note = f"verdict {report.verdict}, no spec"
        row.works = report.verdict == "ok"
        row.ours = 0 if row.works else None
        return row
    outcome = export(built, case, report.dynamic_shapes)
    if outcome.error is not None:
        row.note, row.shapes = outcome.brief, _short(str(report.dynamic_shapes), 200)
        return row
    row.ours = 1
    outcome.program.dimsat_report = report
    judge(case, row, built, outcome.program, report.dynamic_shapes)
    return row


def judge(case: Case, row: Row, built: Built, program: Any, shapes: Any) -> None:
    """Fills in what the program and its spec are worth."""
    if shapes is None or row.ours == 0:
        shapes = built.dynamic_shapes
    row.shapes = _short(str(shapes), 200)
    by_data = case.family == "unbacked"
    named = without_dynamic(built, program.dimsat_report)
    acceptance = accepts(built, program, shapes, named, by_data=by_data)
    row.points = acceptance.ran + acceptance.guarded
    row.works = acceptance.fine
    row.note = _short(acceptance.brief, 200)
    row.kept = kept(case, built, shapes)
    if row.ours and (wide := too_wide(case, built, shapes)):
        row.note += f" a person refuses {wide}"
    judge_report(row, built, program, shapes)
    if row.ours:
        plain = export(built, case, shapes)
        if plain.error is not None:
            row.works = False
            row.note = f"the spec alone does not export: {plain.brief} {row.note}"


def judge_report(row: Row, built: Built, program: Any, shapes: Any) -> None:
    """Holds check_program's word against what the program did.

    Where PyTorch exported at once, refusals are no fault of a repair, but they must be
    foretold, and the spec that the report offers must be free of them.
    """
    told = check_program(program, shapes, model=built.module)
    if told.ok:
        if not row.works:
            row.note = f"not foretold: {row.note}"
        return
    row.note = f"foretold {list(told.refusing)[:2]}: {row.note}"
    if row.ours or told.dynamic_shapes is None:
        return
    case = CASES.get(row.name) or Case(row.name, row.family, lambda: built)
    again = export(built, case, told.dynamic_shapes)
    if again.error is None:
        accepted = accepts(built, again.program, told.dynamic_shapes)
        row.works, row.note = accepted.fine, accepted.brief
    else:
        row.works, row.note = False, f"the better spec does not export: {again.brief}"
    row.shapes = _short(str(told.dynamic_shapes), 200)
    row.kept = kept(case, built, told.dynamic_shapes)


def without_dynamic(built: Built, report: Any) -> Any:
    """The repaired spec before dims became Dim.DYNAMIC; None where none can be made."""
    with contextlib.suppress(Exception):
        spec = describe(built.module, built.args, built.kwargs, built.dynamic_shapes)
        return rebuild(spec, report.result.fixes)
    return None


def _short(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 3] + "..."


def chosen(names: Iterable[str]) -> list[Case]:
    """The cases of these names or families; all for no name."""
    wanted = set(names)
    found = [c for c in CASES.values() if not wanted or wanted & {c.name, c.family}]
    unknown = wanted - {c.name for c in found} - {c.family for c in found}
    if unknown:
        raise SystemExit(f"no case or family is called {', '.join(sorted(unknown))}")
    return found


def line(row: Row) -> str:
    """One row of the table."""
    torch_rounds = "-" if row.torch is None else str(row.torch)
    ours = "-" if row.ours is None else str(row.ours)
    state = "ok" if row.works else "BAD" if row.ours is not None else "none"
    shown = row.shapes if not row.works or row.note else ""
    return (
        f"{row.family:12} {row.name:32} {row.fate:6} {torch_rounds:>5} {ours:>5}"
        f" {row.points:>6} {state:5} {row.kept:>5}  {row.note} {shown}".rstrip()
    )


def summary(rows: list[Row]) -> str:
    """The figures that count."""
    repairable = [row for row in rows if row.repairable]
    ours = [row for row in repairable if row.ours == 1 and row.works]
    theirs = [row for row in repairable if row.torch == 1]
    as_they_are = [row for row in rows if row.torch == 0]
    wrong = [row.name for row in rows if row.ours and not row.works]
    return (
        f"{len(rows)} exports; {len(as_they_are)} succeed as they are;"
        f" {len(repairable)} refused ones can be repaired:"
        f" dimsat {len(ours)} in one round with a program that accepts its spec,"
        f" PyTorch's text {len(theirs)} in one round."
        f" Repaired but wrong: {len(wrong)} {' '.join(wrong)}".rstrip()
    )


def otherwise(case: Case, strict: bool, late: bool) -> Case:
    """The case in the other mode: strict, or with runtime asserts instead of guards."""
    options = dict(case.options)
    if late:
        options["prefer_deferred_runtime_asserts_over_guards"] = True
    return dataclasses.replace(case, strict=case.strict or strict, options=options)


def known_rounds(path: Path | None, cases: list[Case]) -> dict[str, int | None]:
    """PyTorch's rounds, from the file where it knows them."""
    known = json.loads(path.read_text()) if path and path.exists() else {}
    for case in cases:
        if case.name not in known:
            known[case.name] = baseline(case).rounds
    if path:
        path.write_text(json.dumps(known, indent=1))
    return known


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--baseline", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--explain", action="store_true")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--late", action="store_true")
    options = parser.parse_args(arguments)
    cases = chosen(options.names)
    if options.strict or options.late:
        cases = [otherwise(case, options.strict, options.late) for case in cases]
        known: dict[str, int | None] = {case.name: None for case in cases}
    else:
        known = known_rounds(options.baseline, cases)
    print(HEADER)
    way = measure_explained if options.explain else measure
    rows = []
    for case in cases:
        try:
            rows.append(way(case, known[case.name]))
        except Exception:
            traceback.print_exc()
            rows.append(Row(case.name, case.family, case.fate, known[case.name]))
            rows[-1].note = "HARNESS"
        print(line(rows[-1]), flush=True)
    print(summary(rows))
    if options.json:
        options.json.write_text(json.dumps([dataclasses.asdict(r) for r in rows]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
