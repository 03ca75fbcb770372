"""Does an exported program accept what its spec allows, and compute the same?"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import torch
from corners import (
    INTEGER,
    TOO_MANY_ELEMENTS,
    Reading,
    Sizes,
    hinted_sizes,
    points,
    read,
    resized,
    with_hints_as,
)
from modules import Built
from torch.export.dynamic_shapes import _combine_args
from torch.utils import _pytree as pytree
from trial import OutOfTime, at_most, quiet


@dataclass
class Acceptance:
    """How many points ran, how many only had their guards evaluated, what failed."""

    by_data: bool = False
    ran: int = 0
    guarded: int = 0
    refused: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    eager: list[str] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        return not self.refused and not self.differs

    @property
    def brief(self) -> str:
        """The first thing that went wrong, and counts."""
        kinds = (
            ("refused", self.refused),
            ("differs", self.differs),
            ("eager", self.eager),
        )
        return "; ".join(f"{len(v)} {k}: {v[0]}" for k, v in kinds if v)


def accepts(
    built: Built, program: Any, shapes: Any, named: Any = None, *, by_data: bool = False
) -> Acceptance:
    """Runs the program at the corners of a spec that it was exported with.

    ``named`` is the same spec without the dims that became Dim.DYNAMIC, if any did.
    Where a model looks at values (``by_data``), a refusal counts only if the model
    itself takes these inputs.
    """
    reading = read(built, shapes)
    if named is not None:
        reading = with_hints_as(read(built, named), reading)
    result = Acceptance(by_data=by_data)
    with quiet(), torch.no_grad():
        run = program.module()
        for point in points(reading):
            sizes = reading.sizes(point)
            if _elements(sizes) > TOO_MANY_ELEMENTS:
                result.guarded += 1
                if broken := broken_guard(built, program, reading, sizes):
                    result.refused.append(f"{point}: {broken}")
            else:
                _run_at(built, program, run, reading, point, result)
    return result


def _elements(sizes: Sizes) -> int:
    count: dict[int, int] = {}
    for (value, _), size in sizes.items():
        count[value] = count.get(value, 1) * size
    return max(count.values(), default=0)


def _run_at(
    built: Built,
    program: Any,
    run: Any,
    reading: Reading,
    point: dict[str, int],
    result: Acceptance,
) -> None:
    """One point; where axes have hints, one choice of their sizes must be accepted."""
    result.ran += 1
    refusal = ""
    for sizes in hinted_sizes(program, reading, reading.sizes(point)):
        args, kwargs = resized(built, sizes)
        try:
            with at_most(20):
                got = run(*args, **kwargs)
        except (Exception, OutOfTime) as error:
            refusal = refusal or f"{point}: {_line(error)}"
            if result.by_data and _eager(built, args, kwargs)[1]:
                return
            continue
        _compare(built, args, kwargs, got, f"{point}", result)
        return
    result.refused.append(refusal or f"{point}: no sizes for the axes with hints")


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:150]}"


def _compare(
    built: Built, args: Any, kwargs: Any, got: Any, where: str, result: Acceptance
) -> None:
    want, failure = _eager(built, args, kwargs)
    if failure:
        result.eager.append(f"{where}: {failure}")
        return
    left, right = pytree.tree_leaves(got), pytree.tree_leaves(want)
    same = len(left) == len(right) and all(
        _same(a, b) for a, b in zip(left, right, strict=True)
    )
    if not same:
        result.differs.append(where)


def _eager(built: Built, args: Any, kwargs: Any) -> tuple[Any, str]:
    try:
        with at_most(20):
            return built.module(*args, **kwargs), ""
    except (Exception, OutOfTime) as error:
        return None, _line(error)


def _same(a: Any, b: Any) -> bool:
    if not isinstance(a, torch.Tensor) or not isinstance(b, torch.Tensor):
        return bool(a == b)
    return a.shape == b.shape and torch.allclose(a, b, 1e-3, 1e-4, equal_nan=True)


@dataclass
class _Sized:
    """Stands for a tensor of any size in a guard."""

    sizes: tuple[int, ...]

    def size(self) -> tuple[int, ...]:
        return self.sizes


def broken_guard(built: Built, program: Any, reading: Reading, sizes: Sizes) -> str:
    """The first guard that the program would refuse at these sizes; "" for none."""
    arguments = _combine_args(built.module, built.args, built.kwargs)
    values, tree = pytree.tree_flatten(arguments)
    last = ""
    for tried in hinted_sizes(program, reading, sizes):
        made = [
            _Sized(tuple(tried[n, axis] for axis in range(v.dim())))
            if isinstance(v, torch.Tensor)
            else tried.get((n, INTEGER), v)
            for n, v in enumerate(values)
        ]
        names = {"L": pytree.tree_unflatten(made, tree), "torch": torch, "math": math}
        names["IntInfinity"] = lambda: math.inf
        guards = getattr(program, "_guards_code", None) or []
        broken = [g for g in guards if not eval(g, names)]
        if not broken:
            return ""
        last = last or broken[0]
    return last
