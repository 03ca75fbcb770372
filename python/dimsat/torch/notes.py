"""What a report says beside the result: what PyTorch itself did, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dimsat.torch.recording import Recording
    from dimsat.torch.repairing import Repair


def notes_of(recorded: Recording, found: Repair) -> Iterator[str]:
    """Sentences about one export; see `dimsat.torch.report.Report.notes`."""
    yield from _burned_in(recorded)
    verdict = found.result.verdict
    if recorded.error is not None and not recorded.traced:
        yield f"PyTorch stopped before it traced: {_first_line(recorded.error)}"
        if found.named is None:
            yield "what the model itself demands is not known yet"
    elif recorded.error is not None and verdict == "ok":
        yield (
            "every size that the spec allows satisfies every guard, but PyTorch"
            f" cannot prove it: {_first_line(recorded.error)}"
        )
    elif recorded.error is None and verdict in ("violated", "contradictory"):
        yield (
            "PyTorch exported the model all the same; the program refuses such"
            " sizes when it runs"
        )


def _burned_in(recorded: Recording) -> Iterator[str]:
    """Examples of size 0 or 1 where the spec wants a dim: PyTorch keeps no symbol."""
    if recorded.spec is None:
        return
    traced = {i["source"]: i.get("traced") for i in (recorded.problem or {})["inputs"]}
    for entry in recorded.spec.inputs:
        for axis, wanted in enumerate(entry["shape"]):
            size = entry["hint"][axis]
            symbols = traced.get(entry["source"])
            if size > 1 or not _is_dynamic(wanted):
                continue
            if symbols is None or symbols[axis] == size:
                yield (
                    f"{entry['name']} has size {size} on axis {axis} in the example,"
                    f" and PyTorch always specialises sizes 0 and 1; use a larger"
                    f" example (retrace=True does it)"
                )


def _is_dynamic(wanted: Any) -> bool:
    hint = wanted.get("hint") if isinstance(wanted, dict) else None
    return isinstance(wanted, str) or hint == "DYNAMIC"


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].startswith("Constraints violated"):
        return lines[1].removeprefix("- ")
    return lines[0] if lines else type(error).__name__
