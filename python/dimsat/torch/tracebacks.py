"""Tracebacks as they would be had dimsat not been there."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from types import TracebackType

_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def without_own_frames(error: BaseException) -> None:
    """Takes dimsat's frames out of the traceback of `error` and of all it came from.

    So go the frames of runpy that led to it when it was started with ``python -m``.
    """
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        found = waiting.pop()
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        found.__traceback__ = _cleaned(found.__traceback__)
        waiting += [found.__cause__, found.__context__]
        waiting += getattr(found, "exceptions", ())


def _cleaned(trace: TracebackType | None) -> TracebackType | None:
    frames = list(_frames(trace))
    theirs = [frame for frame in frames if not _is_own(_file(frame))]
    if len(theirs) < len(frames):
        theirs = list(itertools.dropwhile(lambda f: _is_runpy(_file(f)), theirs))
    for frame, following in zip(theirs, [*theirs[1:], None], strict=False):
        frame.tb_next = following
    return theirs[0] if theirs else None


def _frames(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _file(trace: TracebackType) -> str:
    return trace.tb_frame.f_code.co_filename


def _is_own(file: str) -> bool:
    return os.path.abspath(file).startswith(_FOLDER)


def _is_runpy(file: str) -> bool:
    return file == "<frozen runpy>" or os.path.basename(file) == "runpy.py"
