"""Which calls add something to those before them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from dimsat.observe.encoding import Json

KEPT = 32
"""So many different calls are kept whatever they show; relations between a handful of
sizes need fewer."""

_PRIME = 2**61 - 1


@dataclass
class Novelty:
    """Remembers what calls have shown.

    A call adds something when it differs from all before; after `KEPT` of these, only
    when it has another structure, or when its sizes are no affine combination of
    those before: each relation that is linear in the sizes and holds for those then
    holds for it too.
    """

    _seen: set[str] = field(default_factory=set)
    _spaces: dict[str, dict[int, list[int]]] = field(default_factory=dict)

    def add(self, call: Json) -> bool:
        """Whether a call adds something; it counts as seen from now on.

        >>> shapes = [[n, n + 1] for n in (1, 1, *range(2, 50), 7)]
        >>> seen = Novelty()
        >>> tensors = [{"tensor": {"dtype": "int64", "shape": s}} for s in shapes]
        >>> [seen.add({"args": [t]}) for t in tensors].count(True)
        32
        """
        sizes: list[int] = []
        pattern = json.dumps(_without_sizes(call, sizes), sort_keys=True)
        grows = self._widen(pattern, sizes)
        if len(self._seen) >= KEPT and not grows:
            return False
        whole = f"{pattern} {sizes}"
        if whole in self._seen:
            return False
        self._seen.add(whole)
        return True

    def _widen(self, pattern: str, sizes: list[int]) -> bool:
        """Adds the sizes to the space that those of this pattern span.

        Elimination modulo a large prime: it may err for sizes beyond it, and then
        only forgets a call.
        """
        space = self._spaces.setdefault(pattern, {})
        row = [1, *(size % _PRIME for size in sizes)]
        for lead, basis in space.items():
            if factor := row[lead]:
                row = [
                    (a - factor * b) % _PRIME for a, b in zip(row, basis, strict=True)
                ]
        found = next((at for at, entry in enumerate(row) if entry), None)
        if found is None:
            return False
        inverse = pow(row[found], -1, _PRIME)
        space[found] = [entry * inverse % _PRIME for entry in row]
        return True


def _without_sizes(value: Json, sizes: list[int]) -> Json:
    """The value with its sizes and whole numbers taken out into `sizes`."""
    if isinstance(value, int) and not isinstance(value, bool):
        sizes.append(value)
        return "#"
    if isinstance(value, list):
        return [_without_sizes(item, sizes) for item in value]
    if isinstance(value, dict):
        return {key: _without_sizes(item, sizes) for key, item in value.items()}
    return value
