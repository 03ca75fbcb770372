"""What a program demands that only sizes of 0 and 1 break.

PyTorch traces every dynamic size as 2 or more, and what follows from that is no guard,
or one that the model never asked for.  Where no recorded call has such a size, nothing
tells which of the two it is; a user should know of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from torch.export import ExportedProgram

from dimsat.observe.demands import Demands
from dimsat.observe.nearest import worded
from dimsat.observe.relaxing import follows, open_sizes

MOST_ASKED = 64
"""So many guards that are no equalities are asked about."""

BUDGET = 1_000_000


def small_sizes_refused(
    program: ExportedProgram, demands: Demands, columns: Mapping[str, str]
) -> list[str]:
    """The guards that hold for all sizes of 2 or more, but not for all sizes.

    Args:
        program: that was exported.
        demands: what it demands.
        columns: what calls call each source of a size or whole number.
    """
    leaves = demands.spec.leaves
    words = demands.words
    traced = open_sizes(program, demands.spec.call_paths)
    guards = {text: worded(text, words) for text in demands.guards}
    guards = {text: guard for text, guard in guards.items() if "L[" not in guard}
    sizes = [f"{words[v.source]} >= 0" for v in leaves if v.axis is not None]
    large = [f"{word} >= 2" for source, word in words.items() if source in traced]
    found = []
    for text in [text for text in guards if "==" not in text][:MOST_ASKED]:
        guard = guards.pop(text)
        if follows(guard, [*guards.values(), *sizes], BUDGET):
            continue
        if follows(guard, [*guards.values(), *sizes, *large], BUDGET):
            found.append(worded(text, columns))
        else:
            guards[text] = guard
    return found
