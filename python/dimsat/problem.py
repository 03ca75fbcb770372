"""Problems: what was promised, what was traced, what the tracer relied on."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, cast

from dimsat import _native
from dimsat.error import Error
from dimsat.integers import to_json, to_text
from dimsat.limits import options
from dimsat.result import Result

#: What `check`, `suggest` and `evaluate` take: a problem, its dict, its text (JSON,
#: .dims or another tool's), or the path of its file (not as str).
ProblemLike: TypeAlias = "Problem | Mapping[str, Any] | str | os.PathLike[str]"

_UNNAMED = "<text>"
_COUNTED = ("dims", "inputs", "guards")

# Text, source, line, whether it is JSON for certain, strict, name without one.
_Origin: TypeAlias = tuple[str | bytes, str, int, bool, bool, str | None]


class Problem:
    """What was promised, what was traced, and what the tracer relied on.

    Made by `parse`, `parse_all`, `read` or `from_dict`; never changes. Two problems
    are equal when they say the same.

    >>> problem = Problem.parse('''
    ...     dim seq = 2..
    ...     input x: [seq, 64] = [16, 64]
    ...     guard x[0] % 4 == 0
    ... ''')
    >>> problem.suggest()
    <Result violated: 1 violation; fixes: seq = 4*_seq, _seq = 1..>
    >>> problem.evaluate({"x": [6, 64]})
    ['guard 0: x[0] % 4 == 0 does not hold: x[0] is 6']
    """

    __slots__ = ("_name", "_origin")
    _name: str | None
    _origin: _Origin

    def __init__(self) -> None:
        raise TypeError("use Problem.parse, Problem.read or Problem.from_dict")

    @classmethod
    def _of(cls, origin: _Origin) -> Problem:
        """Reads one problem."""
        self = object.__new__(cls)
        self._origin = origin
        self._name = _native.read(origin)
        return self

    @classmethod
    def parse(
        cls, text: str | bytes, *, source: str = _UNNAMED, strict: bool = False
    ) -> Problem:
        """Reads one problem from JSON or .dims text, or from another tool's.

        Args:
            text: the problem; or what PyTorch raised, logged or traced, or JAX's
                constraints.
            source: what errors call the text; also the problem's name where the
                text gives none.
            strict: unknown keys are errors, not notes of the result.

        Raises Error with line and column where the text is no problem, and where it
        holds several.
        """
        lines = _native.imported(text)
        if lines is None:
            return cls._of((text, source, 1, False, strict, _name_of(source)))
        problems = cls._of_lines(lines, source, strict)
        if len(problems) == 1:
            return problems[0]
        raise Error(f"the text holds {len(problems)} problems; parse_all reads them")

    @classmethod
    def parse_all(
        cls, text: str | bytes, *, source: str = _UNNAMED, strict: bool = False
    ) -> list[Problem]:
        r"""Reads all problems of a text, in any form that `parse` reads or JSON Lines.

        Raises Error at the first that is wrong.

        >>> [p.name for p in Problem.parse_all('{"name": "a"}\n{"name": "b"}\n')]
        ['a', 'b']
        """
        return cls._of_lines(_native.imported(text) or text, source, strict)

    @classmethod
    def _of_lines(cls, text: str | bytes, source: str, strict: bool) -> list[Problem]:
        """Reads each problem of JSON Lines, or one as JSON or .dims."""
        problems = []
        for record, line, is_json, is_line in _native.records(text):
            name = _name_of(source, line if is_line else None)
            problems.append(cls._of((record, source, line, is_json, strict, name)))
        return problems

    @classmethod
    def read(cls, path: str | os.PathLike[str], *, strict: bool = False) -> Problem:
        """Reads the problem in a file, as JSON or .dims.

        Raises OSError where there is no such file, and Error.
        """
        return cls.parse(Path(path).read_bytes(), source=os.fspath(path), strict=strict)

    @classmethod
    def from_dict(cls, problem: Mapping[str, Any], *, strict: bool = False) -> Problem:
        r"""Reads a problem from the dict that its JSON says.

        Integers may be of any size, and anything with ``__index__``.

        Raises Error where it is no problem, TypeError for what JSON cannot say.

        >>> Problem.from_dict({"dims": [{"name": "a", "min": 2**80}]}).to_dims()
        'dim a = 1208925819614629174706176..\n'
        """
        text = json.dumps(to_json(problem), ensure_ascii=False, allow_nan=False)
        return cls.parse(text, strict=strict)

    @classmethod
    def of(cls, problem: ProblemLike) -> Problem:
        """The problem that `problem` is, or says, or whose file it is."""
        if isinstance(problem, Problem):
            return problem
        if isinstance(problem, str):
            return cls.parse(problem)
        if isinstance(problem, Mapping):
            return cls.from_dict(problem)
        return cls.read(problem)

    @property
    def origin(self) -> _Origin:
        """The text and where it is from, as the extension takes a problem."""
        return self._origin

    @property
    def name(self) -> str | None:
        """The name that the text gives, else that of its source, else None."""
        return self._name

    def to_json(self) -> str:
        """The problem as one line of JSON."""
        return _native.write(self._origin, False)

    def to_dims(self) -> str:
        """The problem as .dims, for people."""
        return _native.write(self._origin, True)

    def to_dict(self) -> dict[str, Any]:
        """What `to_json` says, as a dict; integers beyond 64 bits are strings."""
        return cast("dict[str, Any]", json.loads(self.to_json()))

    def check(
        self,
        *,
        budget: int | None = None,
        timeout: float | None = None,
        native: bool = True,
        z3: bool = True,
    ) -> Result:
        """Whether spec and guards agree; see `dimsat.check`."""
        return self._solve(False, options(budget, timeout, native, z3))

    def suggest(
        self,
        *,
        budget: int | None = None,
        timeout: float | None = None,
        native: bool = True,
        z3: bool = True,
    ) -> Result:
        """The same, and the least change that makes them agree."""
        return self._solve(True, options(budget, timeout, native, z3))

    def _solve(self, repair: bool, limits: tuple[int, float, bool, bool]) -> Result:
        return Result.of_solution(self, _native.solve(self._origin, repair, limits))

    def evaluate(self, sizes: Mapping[str, int | Sequence[int]]) -> list[str]:
        """What refuses concrete sizes; see `dimsat.evaluate`."""
        given = ", ".join(f"{name}={_size(size)}" for name, size in sizes.items())
        return _native.evaluate(self._origin, given)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Problem):
            return NotImplemented
        return self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __reduce__(self) -> tuple[Any, ...]:
        return Problem._of, (self._origin,)

    def __repr__(self) -> str:
        problem = self.to_dict()
        lengths = {key: len(problem.get(key, ())) for key in _COUNTED}
        counts = ", ".join(
            f"{count} {key[: -(count == 1) or None]}" for key, count in lengths.items()
        )
        name = "" if self.name is None else f" {self.name}"
        return f"<Problem{name}: {counts}>"


def _name_of(source: str, line: int | None = None) -> str | None:
    """What a problem from there is called that gives no name."""
    if source == _UNNAMED:
        return None
    return source if line is None else f"{source}:{line}"


def _size(size: int | Sequence[int]) -> str:
    """One size, or those of a whole input, as the command takes them."""
    if isinstance(size, Sequence):
        return "[" + ", ".join(map(to_text, size)) + "]"
    return to_text(size)


def check(
    problem: ProblemLike,
    *,
    budget: int | None = None,
    timeout: float | None = None,
    native: bool = True,
    z3: bool = True,
) -> Result:
    r"""Whether what was promised and what the tracer relied on agree.

    Other threads run meanwhile; Ctrl-C ends the call within a tenth of a second.

    Args:
        problem: a problem, its dict, its text (JSON or .dims), or its file's path.
        budget: steps, the same on every machine; None is 100 million and 50,000
            more for each guard.
        timeout: seconds; None is no limit. What is open then is undecided.
        native: whether the native layer may decide.
        z3: whether Z3 may.

    Raises Error where the problem is wrong.

    >>> check("dim a = 2..64\nguard a != 7").violations[0].message
    'a must not be 7'
    """
    return Problem.of(problem).check(
        budget=budget, timeout=timeout, native=native, z3=z3
    )


def suggest(
    problem: ProblemLike,
    *,
    budget: int | None = None,
    timeout: float | None = None,
    native: bool = True,
    z3: bool = True,
) -> Result:
    r"""The same as `check`, and the least change that makes them agree.

    >>> result = suggest("dim a = 2..64\ninput x: [a] = [9]\nguard a != 7")
    >>> result.fixes
    (Fix(dim='a', min=8, max=64),)
    >>> print(result.torch_text())
    Suggested fixes:
      a = Dim('a', min=8, max=64)
    <BLANKLINE>
    """
    return Problem.of(problem).suggest(
        budget=budget, timeout=timeout, native=native, z3=z3
    )


def evaluate(
    problem: ProblemLike, sizes: Mapping[str, int | Sequence[int]]
) -> list[str]:
    r"""What refuses concrete sizes, one sentence each; none: they are accepted.

    Args:
        problem: as for `check`.
        sizes: by dim, by symbol, by axis (``"x[0]"``), or all of an input's.
            Guards about sizes that do not follow from these are not checked.

    Raises Error for a name that means nothing or a size given twice.

    >>> evaluate("dim a = 2..64\ninput x: [a, 3]", {"x": [65, 3]})
    ['x[0] (a) must be 2..64, but is 65']
    """
    return Problem.of(problem).evaluate(sizes)
