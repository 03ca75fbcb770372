"""Results: verdict, violations, fixes, and what else was found."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from dimsat import html
from dimsat.definition import definition_text
from dimsat.integers import of_json

if TYPE_CHECKING:
    from dimsat._native import Solution
    from dimsat.problem import Problem

_TEXT, _JSON, _TORCH = range(3)
_LISTED = 4  # fixes that a repr lists

Range: TypeAlias = "tuple[int | None, int | None]"


@dataclass(frozen=True, repr=False)
class Fix:
    """A new definition of one dim; ``str`` is short: ``width = 4..511``.

    One of three: `value` is set (one size), `root` is set (``dim = scale*root +
    offset``), or neither (a range; None is no bound).
    """

    dim: str
    min: int | None = None
    max: int | None = None
    value: int | None = None
    root: str | None = None
    scale: int | None = None
    offset: int | None = None

    def __str__(self) -> str:
        return f"{self.dim} = {definition_text(self.to_dict())}"

    def __repr__(self) -> str:
        given = (f"{key}={value!r}" for key, value in self.to_dict().items())
        return f"Fix({', '.join(given)})"

    def to_dict(self) -> dict[str, Any]:
        """The fix as the result format has it."""
        if self.value is not None:
            return {"dim": self.dim, "value": self.value}
        if self.root is not None:
            return {
                "dim": self.dim,
                "root": self.root,
                "scale": self.scale,
                "offset": self.offset,
            }
        return {"dim": self.dim, "min": self.min, "max": self.max}


@dataclass(frozen=True)
class Violation:
    """What the spec allows and the model refuses.

    Attributes:
        kind: what is demanded: ``"range"``, ``"constant"``, ``"equality"``,
            ``"derived"``, ``"residue"``, ``"relation"``, ``"example"``, ``"spec"``.
        dims: the dims concerned.
        guard: index of the guard that the witness breaks, or None.
        because: indices of all guards to blame.
        witness: sizes that the spec allows and the guard refuses, or None.
        at: where the guard arose, or None.
        message: one sentence.
    """

    kind: str
    dims: tuple[str, ...]
    guard: int | None
    because: tuple[int, ...]
    witness: Mapping[str, int] | None
    at: str | None
    message: str


@dataclass(frozen=True)
class Piece:
    """The sizes ``min <= x <= max`` with ``x % modulo == residue``.

    >>> 12 in Piece(4, None, 4, 0), 13 in Piece(4, None, 4, 0)
    (True, False)
    """

    min: int | None
    max: int | None
    modulo: int
    residue: int

    def __contains__(self, size: int) -> bool:
        above = self.min is None or self.min <= size
        below = self.max is None or size <= self.max
        return above and below and size % self.modulo == self.residue


@dataclass(frozen=True)
class Reports:
    """What stands for the library's result once a result was pickled."""

    plain: list[str]

    def report(
        self, form: int, color: bool, _stats: bool, source_root: str | None
    ) -> str:
        """The report in a form, which is plain.

        Raises ValueError for colours and source lines.
        """
        if color or source_root is not None:
            raise ValueError(
                "a result that was pickled has neither colours nor source lines; "
                "solve its problem again"
            )
        return self.plain[form]


@dataclass(frozen=True, repr=False)
class Result:
    """What `check` or `suggest` found.

    Attributes:
        verdict: ``"ok"``, ``"violated"``, ``"contradictory"`` or ``"undecided"``.
        name: of the problem, or None.
        violations: what the spec promises and the model refuses.
        fixes: the dims that change and new roots; applied together, spec and guards
            agree. Empty where nothing needs fixing or can be, and for `check`.
        proof: whether the repaired spec was proved: ``"proved"``, ``"undecided"``;
            None where no fixes were asked for.
        maximal: ``"undecided"`` where the repair may be narrower than possible.
        allowed: per dim that a guard speaks of, all sizes that it may take.
        ranges: per symbol, bounds that hold once the guards do.
        relations: demands between dims that no Dim can express.
        alternatives: other ways out, as sentences.
        inferred: per AUTO or DYNAMIC axis, what the guards make it.
        notes: what else is worth knowing.
        stats: counters and seconds; not compared, and not in `to_dict`.
        problem: what was asked about.
    """

    verdict: str
    name: str | None
    violations: tuple[Violation, ...]
    fixes: tuple[Fix, ...]
    proof: str | None
    maximal: str | None
    allowed: Mapping[str, tuple[Piece, ...]]
    ranges: Mapping[str, Range]
    relations: tuple[str, ...]
    alternatives: tuple[str, ...]
    inferred: Mapping[str, str]
    notes: tuple[str, ...]
    stats: Mapping[str, float] = field(compare=False)
    problem: Problem = field(compare=False)
    _solution: Solution | Reports = field(compare=False)

    @classmethod
    def of_solution(cls, problem: Problem, solution: Solution) -> Result:
        """The result that the extension found for `problem`."""
        told = json.loads(solution.report(_JSON, False, True, None))
        return cls(
            verdict=told["verdict"],
            name=told["name"],
            violations=tuple(map(_violation, told["violations"])),
            fixes=tuple(map(_fix, told["fixes"])),
            proof=told.get("proof"),
            maximal=told.get("maximal"),
            allowed={
                dim: tuple(map(_piece, pieces))
                for dim, pieces in told["allowed"].items()
            },
            ranges={
                symbol: (of_json(low), of_json(high))
                for symbol, (low, high) in told["ranges"].items()
            },
            relations=tuple(told["relations"]),
            alternatives=tuple(told["alternatives"]),
            inferred=told["inferred"],
            notes=tuple(told["notes"]),
            stats=told["stats"],
            problem=problem,
            _solution=solution,
        )

    def text(
        self,
        *,
        color: bool = False,
        source_root: str | os.PathLike[str] | None = None,
    ) -> str:
        """The report that the command prints.

        Args:
            color: with ANSI colours.
            source_root: folder below which source lines are looked up.

        Raises NotADirectoryError where `source_root` is no folder.
        """
        folder = None if source_root is None else os.fspath(source_root)
        if folder is not None and not os.path.isdir(folder):
            raise NotADirectoryError(f"source_root is no directory: {folder}")
        return self._solution.report(_TEXT, color, False, folder)

    def torch_text(self) -> str:
        """The fixes as PyTorch's ``Suggested fixes:`` block; empty without fixes."""
        return self._solution.report(_TORCH, False, False, None)

    def to_dict(self) -> dict[str, Any]:
        """What the command prints as JSON; integers beyond 64 bits are strings."""
        report = self._solution.report(_JSON, False, False, None)
        return cast("dict[str, Any]", json.loads(report))

    def __copy__(self) -> Result:
        return self

    def __deepcopy__(self, _memo: object) -> Result:
        return self

    def __getstate__(self) -> dict[str, Any]:
        forms = (_TEXT, _JSON, _TORCH)
        reports = [self._solution.report(form, False, False, None) for form in forms]
        return {**self.__dict__, "_solution": Reports(reports)}

    def __repr__(self) -> str:
        words = self.verdict
        if self.violations:
            count = len(self.violations)
            words += f": {count} violation{'s' if count > 1 else ''}"
        if self.fixes:
            shown = ", ".join(map(str, self.fixes[:_LISTED]))
            more = len(self.fixes) - _LISTED
            words += f"; fixes: {shown}" + (f" and {more} more" if more > 0 else "")
        return f"<Result {words}>"

    def _repr_html_(self) -> str:
        return html.result_html(self)


def _violation(told: Mapping[str, Any]) -> Violation:
    witness = told["witness"]
    return Violation(
        kind=told["kind"],
        dims=tuple(told["dims"]),
        guard=told["guard"],
        because=tuple(told["because"]),
        witness=witness and {name: of_json(size) for name, size in witness.items()},
        at=told["at"],
        message=told["message"],
    )


def _fix(told: Mapping[str, Any]) -> Fix:
    return Fix(
        dim=told["dim"],
        min=of_json(told.get("min")),
        max=of_json(told.get("max")),
        value=of_json(told.get("value")),
        root=told.get("root"),
        scale=of_json(told.get("scale")),
        offset=of_json(told.get("offset")),
    )


def _piece(told: Mapping[str, Any]) -> Piece:
    return Piece(
        min=of_json(told["min"]),
        max=of_json(told["max"]),
        modulo=cast("int", of_json(told["modulo"])),
        residue=cast("int", of_json(told["residue"])),
    )
