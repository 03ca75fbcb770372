"""Asks the library about recorded calls."""

from __future__ import annotations

import builtins
import json
from collections.abc import Mapping
from typing import Any

from dimsat import _native
from dimsat.limits import options
from dimsat.observe.encoding import Json
from dimsat.problem import Problem


def answer(recording: Mapping[str, Any], function: str, **arguments: Json) -> Json:
    """What a tool's function gives for recorded calls, in the encoding of results.

    Raises the type of error that the tool raises.

    >>> recording = {"signature": [{"name": "x"}], "observations": []}
    >>> answer(recording, "num_obs")
    0
    """
    asked = {
        **recording,
        "ask": [{"function": function, "kwargs": given(arguments)}],
    }
    _, told = observed(asked)
    found = told["answers"][0]
    if "error" in found:
        raise _error(**found["error"])
    return found["result"]


def given(arguments: Mapping[str, Json]) -> dict[str, Json]:
    """The arguments that are not None."""
    return {name: value for name, value in arguments.items() if value is not None}


def observed(
    recording: Mapping[str, Any],
    program: Problem | None = None,
    *,
    budget: int | None = None,
    timeout: float | None = None,
) -> tuple[str, dict[str, Any]]:
    """The report on recorded calls, for people and for programs."""
    text, told = _native.observe(
        json.dumps(recording),
        None if program is None else program.origin,
        options(budget, timeout, True, True),
    )
    return text, json.loads(told)


def _error(type: str, message: str) -> Exception:
    """The exception of that type; RuntimeError where Python has none."""
    kind = getattr(builtins, type, RuntimeError)
    if not (isinstance(kind, builtins.type) and issubclass(kind, Exception)):
        kind = RuntimeError
    return kind(message)
