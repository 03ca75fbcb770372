"""Words a spec so that PyTorch accepts it.

The same sizes can be promised in several ways, and PyTorch's analysis follows only
some.  Each is rehearsed, the plainest first: the repair as it is; with other roots;
with ``Dim.DYNAMIC`` for the dims that PyTorch will not believe.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dimsat.torch.dims import Line, is_dim, line_of
from dimsat.torch.exactness import inexact_roots
from dimsat.torch.rebuild import rebuild
from dimsat.torch.recording import Recording
from dimsat.torch.rehearsal import Refusal, Success, rehearse
from dimsat.torch.spec import Spec, describe

Ask = Callable[[tuple[str, ...]], "Success | Refusal"]

SEARCHED = 2000
"""With more conditions asked than these, DYNAMIC dims are not reduced to the fewest:
a rehearsal takes about as long as PyTorch took for them in its trace."""


@dataclass(frozen=True)
class Accepted:
    """A spec that PyTorch takes, and which of its dims had to become DYNAMIC.

    Without one, ``refusal`` is what PyTorch has against the plainest wording.  Dims
    that are ``inexact`` became DYNAMIC because the program would compare them in
    floats.  ``ranges`` are those that the program will check of axes with a hint.
    """

    dynamic_shapes: Any = None
    dynamic: tuple[str, ...] = ()
    inexact: tuple[str, ...] = ()
    ranges: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    refusal: Refusal | None = None


def accepted(recorded: Recording, promised: Spec, named: Spec) -> Accepted:
    """A wording of ``named``, the repaired spec, that PyTorch accepts.

    ``promised`` is the spec before the repair: its names are used again.
    """
    call = recorded.call
    wordings = [named]
    if swaps := other_roots(promised, named):
        shapes = rebuild(named, swaps)
        wordings.append(describe(call.model, call.args, call.kwargs, shapes))
    asks = [_asker(recorded, wording) for wording in wordings]
    for wording, ask in zip(wordings, asks, strict=True):
        if isinstance(told := ask(()), Success):
            return Accepted(wording.given, ranges=told.ranges)
    for wording, ask in zip(wordings, asks, strict=True):
        dynamic = _enough(ask, named_roots(wording))
        if dynamic is not None:
            if len(dynamic) * len(recorded.conditions) <= SEARCHED:
                dynamic = _needed(ask, dynamic)
            shapes = rebuild(wording, (), dynamic=dynamic)
            inexact = set(dynamic) & inexact_roots(wording).keys()
            told = ask(dynamic)
            ranges = told.ranges if isinstance(told, Success) else {}
            return Accepted(shapes, dynamic, tuple(sorted(inexact)), ranges)
    refusal = asks[0](())
    return Accepted(refusal=refusal if isinstance(refusal, Refusal) else None)


def named_roots(spec: Spec) -> tuple[str, ...]:
    """The roots of all Dims in a spec, in the order of their first axis."""
    dims = (leaf.entry for leaf in spec.leaves if is_dim(leaf.entry))
    return tuple(dict.fromkeys(line_of(dim).root for dim in dims))


def _asker(recorded: Recording, wording: Spec) -> Ask:
    call = recorded.call

    @functools.cache
    def ask(dynamic: tuple[str, ...]) -> Success | Refusal:
        shapes = rebuild(wording, (), dynamic=dynamic)
        spec = describe(call.model, call.args, call.kwargs, shapes)
        if inexact := inexact_roots(spec):
            return Refusal(ArithmeticError("compared in floats"), tuple(inexact))
        return rehearse(call.model, call.args, call.kwargs, shapes, recorded)

    return ask


def _enough(ask: Ask, named: tuple[str, ...]) -> tuple[str, ...] | None:
    """Dims that PyTorch accepts as DYNAMIC: those that it names, else all."""
    dynamic: tuple[str, ...] = ()
    while isinstance(refusal := ask(dynamic), Refusal):
        more = [root for root in refusal.roots if root not in dynamic]
        more = more or [root for root in named if root not in dynamic]
        if not more:
            return None
        dynamic = (*dynamic, *more)
    return dynamic


def _needed(ask: Ask, dynamic: tuple[str, ...]) -> tuple[str, ...]:
    """Those without which PyTorch would refuse; the first ones stay named."""
    if len(dynamic) < 2:
        return dynamic
    for root in dynamic:
        rest = tuple(other for other in dynamic if other != root)
        if isinstance(ask(rest), Success):
            dynamic = rest
    return dynamic


def other_roots(promised: Spec, named: Spec) -> list[dict[str, Any]]:
    """Roots so that no axis is a dim less a number: ``m + 1, m`` for ``n, n - 1``.

    PyTorch 2.13 breaks (KeyError) on the latter where ``n`` has no maximum.  It does
    not on ``4*n - 1`` alone.
    """
    least: dict[str, int] = {}
    plain = {line.root for line in _lines(named) if line.scale == 1}
    for line in _lines(named):
        if line.offset < 0 and line.root in plain:
            shift = -(line.offset // line.scale)
            least[line.root] = max(shift, least.get(line.root, 0))
    swaps: list[dict[str, Any]] = []
    for dim in named.dims:
        root = named.names[dim["name"]]
        if root in least and dim.get("max") is None:
            shift = least[root]
            new = _name_for(promised, named, Line(root, 1, -shift))
            low = max(dim.get("min", 0) - shift, 0)
            swaps.append({"dim": root, "root": new, "scale": 1, "offset": shift})
            swaps.append({"dim": new, "min": low, "max": None})
    return swaps


def _lines(spec: Spec) -> Iterator[Line]:
    return (line_of(leaf.entry) for leaf in spec.leaves if is_dim(leaf.entry))


def _name_for(promised: Spec, named: Spec, line: Line) -> str:
    """The user's name for a dim with this line, or a new one."""
    taken = set(named_roots(named))
    for old, new in zip(promised.leaves, named.leaves, strict=True):
        if is_dim(old.entry) and is_dim(new.entry) and line_of(new.entry) == line:
            name = line_of(old.entry).root
            if line_of(old.entry) == Line(name) and name not in taken:
                return name
    taken |= promised.roots().keys()
    names = ("_" * count + line.root for count in itertools.count(1))
    return next(name for name in names if name not in taken)
