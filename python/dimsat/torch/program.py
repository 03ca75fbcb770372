"""What an exported program refuses although its spec promised it.

PyTorch checks a guard over several Dims only when the program runs, and some over one.
All these checks are collected here and held against the spec.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.export import ExportedProgram
from torch.utils import _pytree as pytree

from dimsat.problem import Problem
from dimsat.result import Result
from dimsat.torch import internals
from dimsat.torch.accepting import other_roots
from dimsat.torch.dims import is_hint
from dimsat.torch.exactness import inexact_roots
from dimsat.torch.paste import paste
from dimsat.torch.rebuild import rebuild
from dimsat.torch.report import Report
from dimsat.torch.spec import Leaf, Spec, describe
from dimsat.torch.wording import worded

_FRAME = re.compile(r'File "([^"]+)", line (\d+), in (\S+)')


@dataclass(frozen=True, repr=False, eq=False)
class ProgramReport(Report):
    """A report about a program; ``ok`` where it takes all that the spec promises.

    Attributes:
        checks: all conditions on sizes that the program checks when it runs.
        refusing: those that refuse something the spec promises; the others follow
            from the spec.
        inexact: dims that the program compares in floats, with a size at which that
            goes wrong although the model would take it.
    """

    checks: tuple[str, ...] = ()
    refusing: tuple[str, ...] = ()
    inexact: Mapping[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the program takes all sizes that the spec promises."""
        return super().ok and not self.inexact


def check_program(
    program: ExportedProgram,
    dynamic_shapes: Any,
    *,
    model: torch.nn.Module | None = None,
) -> ProgramReport:
    """Says what the spec promised and the program will refuse, with witnesses.

    Args:
        program: as torch.export or `dimsat.torch.export` gave it, with its example.
        dynamic_shapes: the spec that it was exported with, or any other; or what
            `describe` made of it.
        model: the module that was exported; needed where its ``forward`` has ``*args``
            or ``**kwargs`` that the spec names.

    Raises ValueError where the program was saved without its example inputs.

    >>> class Sum(torch.nn.Module):
    ...     def forward(self, x, y):
    ...         return x.view(-1, 1) + y.view(-1, 4)[:, :1]
    >>> n = torch.export.Dim("n", min=2)
    >>> shapes = {"x": {0: n}, "y": {0: 4 * n}}
    >>> args = (torch.ones(8), torch.ones(32))
    >>> program = torch.export.export(Sum(), args, dynamic_shapes=shapes)
    >>> check_program(program, shapes).ok
    True
    """
    if not isinstance(program, ExportedProgram):
        raise TypeError(f"not an ExportedProgram, but a {type(program).__name__}")
    if program.example_inputs is None:
        raise ValueError("the program has no example inputs: export it again")
    args, kwargs = program.example_inputs
    module = program.module()
    spec = dynamic_shapes
    if not isinstance(spec, Spec):
        spec = describe(model or module, tuple(args), kwargs, dynamic_shapes)
    problem = entry_problem(program, module, spec)
    problem["name"] = type(model).__name__ if model is not None else "program"
    guards = _concerning(problem, spec)
    checked = Problem.from_dict({**problem, "guards": guards})
    result = checked.suggest()
    refusing = _refusing(result, guards)
    inexact = inexact_roots(spec)
    shapes = _better(result, spec, model or module, tuple(args), kwargs)
    return ProgramReport(
        problem["name"],
        checked,
        result,
        dynamic_shapes=shapes,
        code=None if shapes is None else paste(spec, shapes),
        notes=(_note(len(problem["guards"]), refusing), *_float_notes(inexact)),
        checks=tuple(guard["expr"] for guard in problem["guards"]),
        refusing=tuple(refusing),
        inexact=inexact,
    )


def _better(
    result: Result,
    spec: Spec,
    model: torch.nn.Module,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """The spec that promises no more than the program takes; None where it does."""
    if not result.fixes:
        return None
    shapes = rebuild(spec, result.fixes)
    named = describe(model, args, kwargs, shapes)
    return rebuild(named, other_roots(spec, named))


def range_checks(program: ExportedProgram, spec: Spec) -> Iterator[str]:
    """The ranges that a program checks on entry, as conditions over axes."""
    for source, sizes in zip(
        spec.call_paths, internals.traced_sizes(program), strict=True
    ):
        for axis, size in enumerate(sizes):
            least, most = internals.size_range(program, size)
            if least:
                yield f"{source}.size()[{axis}] >= {least}"
            if most is not None:
                yield f"{source}.size()[{axis}] <= {most}"


def entry_problem(
    program: ExportedProgram, module: Any, spec: Spec, *, numbers: bool = False
) -> dict[str, Any]:
    """All checks of a program as guards over the axes of a spec.

    With `numbers` also those over whole numbers, which are symbols called by source.
    """
    sources = {leaf.source: leaf for leaf in spec.leaves}
    if not numbers:
        sources = {s: leaf for s, leaf in sources.items() if leaf.axis is not None}
    return {
        "dims": spec.dims,
        "inputs": [dict(entry) for entry in spec.inputs],
        "symbols": [
            whole_number(leaf) for leaf in sources.values() if leaf.axis is None
        ],
        "guards": [
            *_entry_guards(program, module, spec, list(sources)),
            *_asserts(program, spec),
        ],
    }


def whole_number(leaf: Leaf) -> dict[str, Any]:
    """The symbol that stands for a whole number among the arguments."""
    return {"name": leaf.source, "unbacked": True, "hint": leaf.size}


def _symbols(program: ExportedProgram, spec: Spec) -> dict[str, str]:
    """How the symbols of the program follow from the axes.

    ``s77`` is an axis; ``s40`` is half of one that was traced as ``2*s40``.
    """
    found: dict[str, str] = {}
    lines: dict[str, str] = {}
    for source, sizes in zip(
        spec.call_paths, internals.traced_sizes(program), strict=True
    ):
        for axis, size in enumerate(sizes):
            where = f"{source}.size()[{axis}]"
            symbols = tuple(getattr(size, "free_symbols", ()))
            if getattr(size, "is_Symbol", False):
                found.setdefault(str(size), where)
            elif len(symbols) == 1:
                symbol = symbols[0]
                offset = size.xreplace({symbol: 0})
                scale = size.xreplace({symbol: 1}) - offset
                base = where if offset == 0 else f"({where} - ({offset}))"
                inner = base if scale == 1 else f"({base} // {scale})"
                lines.setdefault(str(symbol), inner)
    return {**lines, **found}


def _entry_guards(
    program: ExportedProgram, module: Any, spec: Spec, sources: list[str]
) -> Iterator[dict[str, Any]]:
    """The checks on entry that are about these sizes only, once each."""
    known = sorted(sources, key=len, reverse=True)
    for check in _entry_checks(program, module, spec):
        rest = check
        for source in known:
            rest = rest.replace(source, "")
        if "L[" not in rest:
            yield {"expr": check, "at": "on entry"}


def _entry_checks(program: ExportedProgram, module: Any, spec: Spec) -> Iterator[str]:
    """The checks on entry, once each, with the sources of the spec."""
    checks, paths = internals.entry_checks(program, module)
    names = {
        f"L{pytree.keystr(p)}": s for p, s in zip(paths, spec.call_paths, strict=True)
    }
    for check in dict.fromkeys(checks):
        named = check
        for name, source in names.items():
            named = named.replace(name, source)
        yield named


def _asserts(program: ExportedProgram, spec: Spec) -> Iterator[dict[str, Any]]:
    """The asserts in the graph that are about sizes only, once each."""
    known = _symbols(program, spec)
    for condition, stack in dict(internals.graph_asserts(program)).items():
        names = {symbol.name for symbol in condition.free_symbols}
        if not names or not names <= known.keys():
            continue
        word = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")
        guard = {"expr": word.sub(lambda found: known[found[1]], worded(condition))}
        if frames := _FRAME.findall(stack):
            file, line, function = frames[-1]
            guard["at"] = f"{file.rpartition('/')[2]}:{line} in {function}"
        yield guard


def _concerning(problem: dict[str, Any], spec: Spec) -> list[dict[str, Any]]:
    """The guards that do not follow from the spec by themselves.

    One over an axis with a hint never does: that axis has to suit all guards at once.
    """
    hinted = [leaf.source for leaf in spec.leaves if is_hint(leaf.entry)]
    found = []
    for guard in problem["guards"]:
        free = any(source in guard["expr"] for source in hinted)
        alone = Problem.from_dict({**problem, "guards": [guard]})
        if free or alone.check().verdict != "ok":
            found.append(guard)
    return found


def _refusing(result: Result, guards: list[dict[str, Any]]) -> list[str]:
    """The guards that some promised size breaks; all where nothing could be decided."""
    if result.verdict == "ok":
        return []
    blamed = {n for found in result.violations for n in (found.guard, *found.because)}
    return [g["expr"] for n, g in enumerate(guards) if n in blamed or not blamed]


def _note(count: int, refusing: list[str]) -> str:
    if not count:
        return "the program checks no sizes"
    if not refusing:
        return f"checks of the program: {count}; all follow from the spec"
    return (
        f"checks of the program: {count}; {count - len(refusing)} follow from the spec,"
        f" these do not: {'; '.join(refusing)}"
    )


def _float_notes(inexact: Mapping[str, int]) -> Iterator[str]:
    for root, size in inexact.items():
        yield (
            f"the program compares the axes that follow {root} in floats and refuses"
            f" {root} = {size}; with Dim.DYNAMIC instead it would not"
        )
