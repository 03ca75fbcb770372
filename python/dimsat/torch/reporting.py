"""Makes the report about an export that was recorded."""

from __future__ import annotations

from dataclasses import replace

from dimsat.problem import Problem
from dimsat.torch.notes import notes_of
from dimsat.torch.paste import paste
from dimsat.torch.rebuild import rebuild
from dimsat.torch.recording import Recording
from dimsat.torch.repairing import Repair, repair_of
from dimsat.torch.report import Report


def report_of(recorded: Recording) -> Report:
    """The report about an export, with the repair of its spec if it needs one."""
    bare = bare_report(recorded)
    if recorded.problem is None or recorded.spec is None:
        return bare
    if recorded.traced and recorded.error is not None:
        return with_repair(bare, repair_of(recorded, recorded.spec))
    problem = Problem.from_dict({"name": bare.name, **recorded.problem})
    result = problem.suggest()
    if recorded.traced and result.verdict != "ok":
        return with_repair(bare, repair_of(recorded, recorded.spec))
    report = with_repair(bare, Repair(problem, result))
    if not result.fixes:
        return report
    shapes = rebuild(recorded.spec, result.fixes)
    return replace(report, dynamic_shapes=shapes, code=paste(recorded.spec, shapes))


def bare_report(recorded: Recording) -> Report:
    """The report without any finding."""
    return Report(
        type(recorded.call.model).__name__,
        problem=None,
        result=None,
        error=recorded.error,
        notes=tuple(recorded.notes),
        recording=recorded,
    )


def with_repair(report: Report, found: Repair) -> Report:
    """The report with what was found, and what there is to say about it."""
    recorded = report.recording
    assert recorded is not None
    shapes = found.dynamic_shapes
    code = None
    if shapes is not None and recorded.spec is not None:
        code = paste(recorded.spec, shapes)
    return replace(
        report,
        problem=found.problem,
        result=found.result,
        dynamic_shapes=shapes,
        code=code,
        notes=(*report.notes, *notes_of(recorded, found), *found.notes()),
    )
