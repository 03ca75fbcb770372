"""Asks PyTorch whether it will accept a spec, without tracing the model again.

What the tracer relied on does not depend on the spec, as long as the sizes of the
example stay.  So the recorded conditions are asked again of a fresh ShapeEnv, made for
the new spec by PyTorch itself, which then puts its guards together and solves them
just as at the end of an export: milliseconds instead of a second trace.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import torch

from dimsat.torch import internals
from dimsat.torch.dims import is_dim, is_hint, root_of
from dimsat.torch.recording import Recording
from dimsat.torch.spec import Spec, describe

_HEADER = re.compile(r"(?:Constraints violated|unexpectedly required) \(([^)]*)\)!")


@dataclass(frozen=True)
class Refusal:
    """Why PyTorch would refuse a spec: its error, and the roots that it names."""

    error: Exception
    roots: tuple[str, ...]


@dataclass(frozen=True)
class Success:
    """PyTorch takes a spec.

    ``ranges`` are those that its program will check of axes with a hint.
    """

    ranges: dict[str, tuple[int, int | None]]


def rehearse(
    model: torch.nn.Module,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    dynamic_shapes: Any,
    recording: Recording,
) -> Success | Refusal:
    """How an export with this spec will end, as far as one can tell.

    ``recording`` is of a traced export of the same example, with whatever spec.
    """
    spec = describe(model, args, kwargs, dynamic_shapes)
    if not spec.plain:
        return Success({})
    try:
        with internals.unlogged():
            mode, *_, equalities, signature, _ = internals.fake_inputs(
                model, args, kwargs, spec.plain
            )
            _replay(mode.shape_env, spec, recording)
            internals.solve_guards(mode, spec.plain, equalities, signature)
            ranges = internals.checked_ranges(mode.shape_env)
    except Exception as error:  # its solver fails in many ways
        return Refusal(error, refused_roots(error, spec))
    finally:
        for value in spec.values:
            if isinstance(value.value, torch.Tensor):
                internals.clean_markers(value.value)
    hinted = {leaf.source for leaf in spec.leaves if is_hint(leaf.entry)}
    return Success({axis: r for axis, r in ranges.items() if axis in hinted})


def refused_roots(error: BaseException, spec: Spec) -> tuple[str, ...]:
    """The roots of the Dims that a constraint violation names, if it names any."""
    named = {
        name for found in _HEADER.findall(str(error)) for name in found.split(", ")
    }
    roots = {
        root_of(leaf.entry).__name__: None
        for leaf in spec.leaves
        if is_dim(leaf.entry)
        and named & {leaf.entry.__name__, root_of(leaf.entry).__name__}
    }
    return tuple(roots)


def _replay(env: Any, spec: Spec, recording: Recording) -> None:
    """Asks each recorded condition anew, in the old order.

    An axis that has no symbol now has the size of the example.
    """
    symbols: dict[str, Any] = {leaf.source: leaf.size for leaf in spec.leaves}
    symbols |= internals.symbols_by_source(env)
    now = {
        name: symbols[source]
        for name, source in recording.sources.items()
        if source in symbols
    }
    for kind, condition in recording.conditions:
        names = {symbol: symbol.name for symbol in condition.free_symbols}
        if kind != "spec" and now.keys() >= set(names.values()):
            here = {symbol: now[name] for symbol, name in names.items()}
            internals.ask(env, condition.xreplace(here))
