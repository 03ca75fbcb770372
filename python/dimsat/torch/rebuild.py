"""Puts a repair into the user's spec, as real Dim objects.

PyTorch's own helper reads text, knows no hints and trips over names that sympy takes
for its own; here nothing is parsed.  All axes of one dim share one Dim object, and
whatever the repair does not touch stays the object that the user gave.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import sympy  # type: ignore[import-untyped]
import torch
from torch.export import AdditionalInputs, Dim, ShapesCollection

from dimsat.torch import internals
from dimsat.torch.dims import Line, derive, hint_like, is_dim, line_of, upper
from dimsat.torch.spec import Leaf, Spec, Value, by_position
from dimsat.torch.structure import replace_items, replace_sequence, rewrite


def rebuild(spec: Spec, fixes: Iterable[Any], *, dynamic: Collection[str] = ()) -> Any:
    """The user's ``dynamic_shapes`` with the fixes of a result, in the same structure.

    ``fixes`` are those of a Result or of the result format.  All axes that follow one
    of the dims in ``dynamic`` (dims of the spec, or new roots) become ``Dim.DYNAMIC``
    with the range that the repair gives them.  A pinned axis becomes its number.

    >>> class Double(torch.nn.Module):
    ...     def forward(self, x):
    ...         return 2 * x
    >>> from dimsat.torch.spec import describe
    >>> n = Dim("n")
    >>> spec = describe(Double(), (torch.ones(8),), None, {"x": {0: n}})
    >>> rebuild(spec, [{"dim": "n", "root": "_n", "scale": 4, "offset": 0},
    ...                {"dim": "_n", "min": 1, "max": None}])
    {'x': {0: 4*_n}}
    """
    return replaced(spec, _Maker(spec, fixes, dynamic).entry)


def replaced(spec: Spec, change: Callable[[Leaf], Any]) -> Any:
    """The user's ``dynamic_shapes`` with ``change(leaf)`` for each entry."""
    leaves: dict[int, list[Leaf]] = {}
    for leaf in spec.leaves:
        leaves.setdefault(leaf.input, []).append(leaf)
    new = [
        _new_entry(value, [(leaf, change(leaf)) for leaf in leaves.get(number, [])])
        for number, value in enumerate(spec.values)
    ]
    if all(entry is value.entry for value, entry in zip(spec.values, new, strict=True)):
        return spec.given
    if isinstance(spec.given, ShapesCollection):
        return _collection(spec, new)
    user = spec.plain if isinstance(spec.given, AdditionalInputs) else spec.given
    rest = iter(new)
    if by_position(user):
        pairs = zip(spec.arguments.values(), user, strict=True)
        return replace_sequence(
            user, [rewrite(v, e, lambda *_: next(rest)) for v, e in pairs]
        )
    user = user or dict.fromkeys(spec.arguments)
    return rewrite(spec.arguments, user, lambda *_: next(rest))


def _new_entry(value: Value, changes: list[tuple[Leaf, Any]]) -> Any:
    """The entry of one value, from the entries of its axes."""
    entry = value.entry
    if all(new is leaf.entry for leaf, new in changes):
        return entry
    if not isinstance(value.value, torch.Tensor):
        return changes[0][1]
    sizes = [new for _, new in changes]
    if isinstance(entry, (tuple, list)):
        return replace_sequence(entry, sizes)
    keys = {key % len(sizes): key for key in entry or {}}
    touched = {
        keys.get(axis, axis): new
        for axis, (leaf, new) in enumerate(changes)
        if axis in keys or new is not leaf.entry
    }
    return touched if entry is None else replace_items(entry, touched)


def _collection(spec: Spec, new: list[Any]) -> Any:
    """A ShapesCollection for the same tensors."""
    make: Any = ShapesCollection  # untyped in PyTorch
    collection = make()
    known: Any = internals.collected_shapes(spec.given)
    for value, entry in zip(spec.values, new, strict=True):
        seen = id(value.value) in internals.collected_shapes(collection)
        if not seen and (id(value.value) in known or entry is not None):
            collection[value.value] = entry
    return collection


class _Maker:
    """Makes the new entry for each old one; one Dim object for each root."""

    def __init__(self, spec: Spec, fixes: Iterable[Any], dynamic: Collection[str]):
        self._user = spec.roots()
        self._names = spec.names
        self._bounds = {spec.names[d["name"]]: d for d in spec.dims}
        self._fixes = {self._name(f["dim"]): f for f in map(_as_dict, fixes)}
        self._dynamic = {
            line.root
            for line in map(self._line, map(self._name, dynamic))
            if isinstance(line, Line)
        }
        self._safe = self._safe_names()
        self._made: dict[str, Dim] = {}
        self._lines: dict[Line, Dim] = {}

    def entry(self, leaf: Leaf) -> Any:
        """The new entry; the old object where it says the same."""
        if not is_dim(leaf.entry):
            return leaf.entry
        old = line_of(leaf.entry)
        new = self._compose(old)
        if isinstance(new, int):
            return new
        if new.root in self._dynamic:
            least, most = self._range(new.root)
            most = None if most is None else new.at(most)
            return hint_like(Dim.DYNAMIC, new.at(least), most)
        same = new == old and new.root not in self._fixes
        return leaf.entry if same and new.root not in self._safe else self._dim(new)

    def _name(self, name: str) -> str:
        return self._names.get(name, name)

    def _compose(self, old: Line) -> Line | int:
        line = self._line(old.root)
        return old.at(line) if isinstance(line, int) else old.of(line)

    def _line(self, name: str) -> Line | int:
        """What a root is after the repair: a size, or a line over a root that stays."""
        line: Line | int = Line(name)
        seen = set()
        while isinstance(line, Line) and line.root in self._fixes:
            fix = self._fixes[line.root]
            if line.root in seen:
                raise ValueError(f"the fixes of {name} go in a circle")
            seen.add(line.root)
            if fix.get("value") is not None:
                line = line.at(int(fix["value"]))
            elif fix.get("root") is not None:
                scale, offset = fix.get("scale"), fix.get("offset")
                inner = Line(self._name(fix["root"]), scale or 1, offset or 0)
                line = line.of(inner)
            else:
                break
        return line

    def _range(self, root: str) -> tuple[int, int | None]:
        fix = self._fixes.get(root, self._bounds.get(root, {}))
        return int(fix.get("min") or 0), upper(fix.get("max"))

    def _dim(self, line: Line) -> Dim:
        if line not in self._lines:
            self._lines[line] = derive(self._root(line.root), line)
        return self._lines[line]

    def _root(self, name: str) -> Dim:
        if name not in self._made:
            kept = name not in self._fixes and name not in self._safe
            if kept and name in self._user:
                self._made[name] = self._user[name]
            else:
                least, most = self._range(name)
                safe = self._safe.get(name, name)
                self._made[name] = Dim(safe, min=least or None, max=most)
        return self._made[name]

    def _safe_names(self) -> dict[str, str]:
        """New names for roots that PyTorch cannot derive from.

        It asks sympy what ``N`` or ``E`` is, and gets a function or a number.
        """
        safe: dict[str, str] = {}
        for name in [*self._user, *self._fixes]:
            line = self._line(name)
            if isinstance(line, int) or line == Line(line.root):
                continue
            if _is_symbol(line.root):
                continue
            safe[line.root] = self._fresh(line.root, taken={*self._user, *self._fixes})
        return safe

    def _fresh(self, name: str, taken: Collection[str]) -> str:
        tries = (name + "_" * count for count in itertools.count(1))
        return next(n for n in tries if n not in taken and _is_symbol(n))


def _as_dict(fix: Any) -> Mapping[str, Any]:
    if isinstance(fix, Mapping):
        return fix
    keys = ("dim", "min", "max", "value", "root", "scale", "offset")
    return {key: getattr(fix, key, None) for key in keys}


def _is_symbol(name: str) -> bool:
    """True if sympy reads the name as a symbol, as PyTorch's derived Dims need it."""
    try:
        read = sympy.sympify(name)
    except Exception:
        return False
    return isinstance(read, sympy.Symbol) and read.name == name
