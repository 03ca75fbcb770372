"""What PyTorch's tracer did during one export, and the problem it amounts to.

An export may use several ShapeEnvs: a strict one starts again after a graph break,
`torch.cond` traces its branches apart.  Each is followed by itself; the problem is
made of the one whose guards were put together against the spec.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from dimsat.torch import hooks, places
from dimsat.torch.dims import known_as
from dimsat.torch.spec import Spec
from dimsat.torch.wording import worded

_ASSERTS = ("runtime_assert", "deferred")


@dataclass
class _Guard:
    condition: Any
    kind: str
    """As in the problem format; "deferred" is a guard that became an assert."""
    at: str
    stack: list[str]


@dataclass
class _Environment:
    """The symbols and guards of one ShapeEnv, in the order they came."""

    env: Any
    symbols: dict[str, dict[str, Any]] = field(default_factory=dict)
    symbol_of: dict[str, str] = field(default_factory=dict)
    guards: list[_Guard] = field(default_factory=list)
    producing: int = 0
    rank: int = 0
    """0: only used, 1: its guards were produced, 2: they were solved."""

    def count_asserts(self) -> None:
        """Makes asserts about symbols that all have an example guards again."""
        backed = {n for n, symbol in self.symbols.items() if symbol["hint"] is not None}
        for guard in self.guards:
            if guard.kind == "runtime_assert":
                names = {str(symbol) for symbol in guard.condition.free_symbols}
                guard.kind = "deferred" if names <= backed else guard.kind

    def kept_guards(self) -> Iterator[_Guard]:
        """Those that hold in the end: asserts once each, no guard that became one.

        Deferred guards that became neither are part of their symbol's range.
        """
        checked = hooks.guards_kept(self.env)
        asserts = {g.condition for g in self.guards if g.kind in _ASSERTS}
        seen = set()
        for guard in self.guards:
            if guard.kind in _ASSERTS:
                if guard.condition not in seen:
                    seen.add(guard.condition)
                    yield guard
            elif guard.condition in checked or guard.condition not in asserts:
                yield guard


class Trace:
    """Listens to one export; see hooks.Listener for what it hears.

    A fault of the listening itself must not stop the user's export: it is kept in
    `fault` and the trace counts as incomplete.
    """

    def __init__(self, outermost: CodeType, inside: Sequence[Trace] = ()) -> None:
        """Follows the export that the code `outermost` calls.

        `inside` is the export whose model makes this one, if there is one.
        """
        self.fault: Exception | None = None
        self.solver_error: BaseException | None = None
        self.inner_errors: list[BaseException] = []
        self._inside = inside
        self._outermost = outermost
        self._environments: dict[int, _Environment] = {}

    def refuse(self) -> None:
        """Tells that the export failed over its spec.

        Where guards may be deferred, asserts about the inputs' sizes alone were what
        it failed over: they count as the guards they would have been.
        """
        if chosen := self._chosen():
            chosen.count_asserts()

    @property
    def complete(self) -> bool:
        """Whether the tracer got as far as putting its guards together."""
        chosen = self._chosen()
        return self.fault is None and chosen is not None and chosen.rank > 0

    def pass_out(self, error: BaseException) -> None:
        """Tells the export around this one that `error` comes from here."""
        for outer in self._inside:
            outer.inner_errors.append(error)

    def symbol(self, env: Any, symbol: Any, value: Any, source: Any) -> None:
        self._safely(lambda: self._note_symbol(env, symbol, value, source))

    def unbacked(self, env: Any, symbol: Any) -> None:
        self._safely(lambda: self._note_unbacked(env, symbol))

    def guard(self, env: Any, condition: Any, runtime: bool) -> None:
        self._safely(lambda: self._note_guard(env, condition, runtime))

    @contextlib.contextmanager
    def solving(self, part: Any) -> Iterator[None]:
        producing = hasattr(part, "var_to_range")
        environment = self._of(part) if producing else self._owner(part)
        if environment:
            environment.rank = max(environment.rank, 1 if producing else 2)
            environment.producing += producing
        try:
            yield
        except BaseException as error:
            self.solver_error = error
            raise
        finally:
            if environment:
                environment.producing -= producing

    def problem(self, spec: Spec) -> dict[str, Any]:
        """The problem in the format of docs/formats.md, in the user's terms.

        Without a complete trace it holds what the spec and the example say.
        """
        problem: dict[str, Any] = {"dimsat": 1, "dims": [dict(d) for d in spec.dims]}
        inputs = [dict(i) for i in spec.inputs]
        problem["inputs"] = inputs
        chosen = self._chosen()
        if chosen is None or not self.complete:
            return problem | {"symbols": [], "guards": []}
        axes = {_in_users_terms(s, spec): n for s, n in chosen.symbol_of.items()}
        for entry in inputs:
            source = spec.same_tensor[entry["source"]]
            entry["traced"] = [
                axes.get(f"{source}.size()[{axis}]", size)
                for axis, size in enumerate(entry["hint"])
            ]
        known = {
            f"{i['source']}.size()[{a}]" for i in inputs for a in range(len(i["hint"]))
        }
        problem["symbols"] = [
            _symbol_entry(s, spec, known) for s in chosen.symbols.values()
        ]
        problem["guards"] = [_guard_entry(g) for g in chosen.kept_guards()]
        return problem

    def conditions(self) -> list[tuple[str, Any]]:
        """Kind and sympy expression of each guard, in the order of the problem's."""
        chosen = self._chosen()
        if chosen is None or not self.complete:
            return []
        return [(_kind(g), g.condition) for g in chosen.kept_guards()]

    def sources(self, spec: Spec) -> dict[str, str]:
        """What each symbol stands for: an axis, an integer argument or a Dim."""
        chosen = self._chosen()
        symbols = chosen.symbols.values() if chosen is not None else ()
        return {
            symbol["name"]: _in_users_terms(symbol["source"], spec)
            for symbol in symbols
            if "source" in symbol
        }

    def close(self) -> None:
        """Lets go of PyTorch's objects."""
        self._environments.clear()

    def _of(self, env: Any) -> _Environment:
        return self._environments.setdefault(id(env), _Environment(env))

    def _owner(self, constraints: Any) -> _Environment | None:
        for environment in self._environments.values():
            if hooks.constraints_of(environment.env) is constraints:
                return environment
        return None

    def _chosen(self) -> _Environment | None:
        """The one that was taken furthest; among equals the last."""
        best = None
        for environment in self._environments.values():
            if best is None or environment.rank >= best.rank:
                best = environment
        return best

    def _safely(self, note: Callable[[], None]) -> None:
        try:
            note()
        except Exception as error:
            self.fault = self.fault or error

    def _note_symbol(self, env: Any, symbol: Any, value: Any, source: Any) -> None:
        if not symbol.is_Symbol:
            return
        environment = self._of(env)
        name = str(symbol)
        environment.symbol_of[source.name] = name
        if name not in environment.symbols:
            least, most = hooks.range_of(env, symbol)
            entry = {"name": name, "hint": _size(value), "min": least, "max": most}
            entry["source"] = source.name
            entry["phantom"] = hooks.is_dim_source(source)
            environment.symbols[name] = entry

    def _note_unbacked(self, env: Any, symbol: Any) -> None:
        least, most = hooks.range_of(env, symbol)
        entry = {"name": str(symbol), "hint": None, "min": least, "max": most}
        self._of(env).symbols[str(symbol)] = entry

    def _note_guard(self, env: Any, condition: Any, runtime: bool) -> None:
        environment = self._of(env)
        kind = "runtime_assert" if runtime else "guard"
        if environment.producing:
            kind = "spec"
        at, stack = places.here(self._outermost)
        environment.guards.append(_Guard(condition, kind, at, stack))


def _size(value: Any) -> int | None:
    return int(value) if isinstance(value, int) else None


def _in_users_terms(source: str, spec: Spec) -> str:
    """Strict exports number the inputs: L['flat_args'][0] is what the user calls x."""
    head, dot, tail = source.partition(".")
    return spec.strict_sources.get(head, head) + dot + tail


def _symbol_entry(
    symbol: dict[str, Any], spec: Spec, known: set[str]
) -> dict[str, Any]:
    entry = {key: symbol[key] for key in ("name", "hint", "min", "max")}
    source = symbol.get("source")
    if source is not None and symbol["phantom"]:
        return entry | {"source": known_as(source)}
    if source is not None and _in_users_terms(source, spec) in known:
        return entry | {"source": _in_users_terms(source, spec)}
    return entry | {"unbacked": True}


def _guard_entry(guard: _Guard) -> dict[str, Any]:
    entry: dict[str, Any] = {"expr": worded(guard.condition), "kind": _kind(guard)}
    if guard.at:
        entry |= {"at": guard.at, "stack": guard.stack}
    return entry


def _kind(guard: _Guard) -> str:
    return "guard" if guard.kind == "deferred" else guard.kind
