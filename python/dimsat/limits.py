"""How much work a question may take, and who decides it."""

from __future__ import annotations


def options(
    budget: int | None, timeout: float | None, native: bool, z3: bool
) -> tuple[int, float, bool, bool]:
    """The options as the extension takes them.

    Raises ValueError for a budget or a time that is not above 0.
    """
    if budget is not None and not 0 < budget < 2**64:
        raise ValueError(f"budget must be above 0 and below 2**64, but is {budget}")
    if timeout is not None and not 0 < timeout < float("inf"):
        raise ValueError(f"timeout must be a time above 0, but is {timeout}")
    return budget or 0, timeout or 0.0, native, z3
