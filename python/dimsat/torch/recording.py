"""Records exports: one of its own (`record`) or all inside a block (`recording`)."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.export import ExportedProgram

from dimsat.torch import hooks, places
from dimsat.torch.spec import Spec, describe
from dimsat.torch.tracing import Trace


@dataclass
class Recording:
    """What one export did, whether it succeeded or not.

    `problem` is in the format of docs/formats.md; without a `traced` export it holds
    the spec and the example only.  `spec` and `problem` are None where the spec could
    not be read at all; `error` then says why, as PyTorch puts it.
    """

    call: hooks.ExportCall
    spec: Spec | None
    problem: dict[str, Any] | None
    program: ExportedProgram | None
    error: BaseException | None
    is_violation: bool
    """The spec and the model (or the example) disagree: PyTorch says so in one of
    its several ways, or it broke while it was working out what to say."""
    traced: bool
    """The tracer got as far as its guards, so the problem is complete."""
    called_at: str
    """Where the user's code called the export."""
    notes: list[str] = field(default_factory=list)
    conditions: list[tuple[str, Any]] = field(default_factory=list)
    """Kind and sympy expression of each guard in `problem`, in the same order."""
    sources: dict[str, str] = field(default_factory=dict)
    """What each symbol in the conditions stands for: an axis, an integer, a Dim."""


@dataclass
class _Block:
    """A block of code that records: whose it is, and where its exports go."""

    recordings: list[Recording]
    hears_all: bool
    """Whether exports of threads without a block of their own count."""
    thread: int = field(default_factory=threading.get_ident)


class _Dispatcher:
    """Passes on what PyTorch reports to the export that runs in this thread.

    An export belongs to the blocks that its own thread has open; where it has none,
    to those of other threads that listen to all.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks: list[_Block] = []
        self._thread = threading.local()

    def open(self, block: _Block) -> None:
        with self._lock:
            self._blocks.append(block)

    def close(self, block: _Block) -> None:
        with self._lock:
            self._blocks = [other for other in self._blocks if other is not block]

    def export(self, call: hooks.ExportCall, proceed: Callable[[], Any]) -> Any:
        blocks = self._listening()
        if not blocks:
            return proceed()
        position = [len(recordings) for recordings in blocks]
        running = self._running()
        trace = Trace(_Dispatcher.export.__code__, inside=running[-1:])
        recorder = _Recorder(call, trace)
        running.append(trace)
        try:
            recorder.program = proceed()
            return recorder.program
        except BaseException as error:
            recorder.error = error
            raise
        finally:
            running.pop()
            recording = recorder.finish()
            for recordings, at in zip(blocks, position, strict=True):
                recordings.insert(at, recording)

    def symbol(self, env: Any, symbol: Any, value: Any, source: Any) -> None:
        if running := self._running():
            running[-1].symbol(env, symbol, value, source)

    def unbacked(self, env: Any, symbol: Any) -> None:
        if running := self._running():
            running[-1].unbacked(env, symbol)

    def guard(self, env: Any, condition: Any, runtime: bool) -> None:
        if running := self._running():
            running[-1].guard(env, condition, runtime)

    def solving(self, part: Any) -> contextlib.AbstractContextManager[None]:
        if running := self._running():
            return running[-1].solving(part)
        return contextlib.nullcontext()

    def _running(self) -> list[Trace]:
        """The exports that run in this thread, the innermost last."""
        if not hasattr(self._thread, "running"):
            self._thread.running = []
        running: list[Trace] = self._thread.running
        return running

    def _listening(self) -> list[list[Recording]]:
        mine = threading.get_ident()
        with self._lock:
            blocks = list(self._blocks)
        own = [block.recordings for block in blocks if block.thread == mine]
        return own or [block.recordings for block in blocks if block.hears_all]


class _Recorder:
    """Builds the Recording of one export."""

    def __init__(self, call: hooks.ExportCall, trace: Trace) -> None:
        self.program: ExportedProgram | None = None
        self.error: BaseException | None = None
        self._call = call
        self._trace = trace
        self._notes: list[str] = []
        self._called_at = places.caller()
        self._spec = self._read_spec()

    def _read_spec(self) -> Spec | None:
        """The spec, read before the export: a model may change its arguments."""
        call = self._call
        try:
            return describe(call.model, call.args, call.kwargs, call.dynamic_shapes)
        except Exception as error:
            self._notes.append(f"the spec cannot be read: {error}")
            return None

    def finish(self) -> Recording:
        is_violation = self.error is not None and self._is_violation(self.error)
        problem, traced = self._problem(is_violation)
        recording = Recording(
            call=self._call,
            spec=self._spec,
            problem=problem,
            program=self.program,
            error=self.error,
            is_violation=is_violation,
            traced=traced,
            called_at=self._called_at,
            notes=self._notes,
        )
        if traced and self._spec is not None:
            recording.conditions = self._trace.conditions()
            recording.sources = self._trace.sources(self._spec)
        self._trace.close()
        if self.error is not None:
            self._trace.pass_out(self.error)
            _attach(self.error, recording)
        return recording

    def _problem(self, is_violation: bool) -> tuple[dict[str, Any] | None, bool]:
        """The problem and whether it is complete; noting must not stop the export."""
        if self._spec is None:
            return None, False
        trace = self._trace
        if is_violation:
            trace.refuse()
        try:
            problem = trace.problem(self._spec)
        except Exception as error:
            trace.fault = trace.fault or error
            problem = trace.problem(self._spec)
        if trace.fault is not None:
            self._notes.append(f"the trace was not recorded: {trace.fault!r}")
        return problem, trace.complete

    def _is_violation(self, error: BaseException) -> bool:
        """In one of PyTorch's own forms, or raised while it solved the guards.

        Not where an export that the model itself made failed: that one has it.
        """
        chain = exception_chain(error)
        if any(inner in chain for inner in self._trace.inner_errors):
            return False
        return self._trace.solver_error in chain or hooks.is_violation(error)


_dispatcher = _Dispatcher()


@contextlib.contextmanager
def recording(
    into: list[Recording] | None = None, *, all_threads: bool = True
) -> Iterator[list[Recording]]:
    """Records every export inside the block, whoever starts it.

    The list, a new one or `into`, grows as exports end, in the order in which they
    started.  With `all_threads` those of other threads count too, unless these record
    by themselves.

    >>> with recording() as recordings:
    ...     program = torch.export.export(torch.nn.ReLU(), (torch.ones(2),))
    >>> recordings[0].program is program
    True
    """
    block = _Block([] if into is None else into, all_threads)
    hooks.install(_dispatcher)
    try:
        _dispatcher.open(block)
        yield block.recordings
    finally:
        _dispatcher.close(block)
        hooks.remove()


def record(
    model: torch.nn.Module,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any] | None = None,
    *,
    dynamic_shapes: Any = None,
    strict: bool = False,
    **export_options: Any,
) -> Recording:
    """Exports with `torch.export.export` and tells what happened.

    Raises only what is no Exception (KeyboardInterrupt), and what torch.export raises
    before it starts: a model that is no Module.
    """
    with recording(all_threads=False) as recordings, _without_guard_log():
        try:
            torch.export.export(
                model,
                args,
                dict(kwargs) if kwargs is not None else None,
                dynamic_shapes=dynamic_shapes,
                strict=strict,
                **export_options,
            )
        except Exception:
            if not recordings:
                raise
    return recordings[0]


@contextlib.contextmanager
def _without_guard_log() -> Iterator[None]:
    """Keeps a strict export's log of a violation off the screen; it is in the error."""
    thread = threading.get_ident()
    noise = ("Error while creating guard", "Created at")

    def is_wanted(line: logging.LogRecord) -> bool:
        return line.thread != thread or not line.getMessage().startswith(noise)

    logger = logging.getLogger("torch._guards")
    logger.addFilter(is_wanted)
    try:
        yield
    finally:
        logger.removeFilter(is_wanted)


def exception_chain(error: BaseException) -> list[BaseException]:
    """`error` and what it was raised from or during, nearest first."""
    chain: list[BaseException] = []
    waiting = [error]
    while waiting:
        found = waiting.pop(0)
        if found in chain:
            continue
        chain.append(found)
        waiting += [e for e in (found.__cause__, found.__context__) if e is not None]
    return chain


def recording_of(error: BaseException) -> Recording | None:
    """The recording of the export that raised `error`, if one was made."""
    for found in exception_chain(error):
        link: _Link | None = getattr(found, _ATTRIBUTE, None)
        if link is not None and link.recording is not None:
            return link.recording
    return None


_ATTRIBUTE = "_dimsat_recording"


class _Link:
    """Leads from an exception to its recording.

    Exceptions are pickled with all that they hold, to travel between processes, but
    models and traces need not go with them.
    """

    def __init__(self, recording: Recording | None) -> None:
        self.recording = recording

    def __reduce__(self) -> tuple[Any, ...]:
        return _Link, (None,)


def _attach(error: BaseException, recording: Recording) -> None:
    if not hasattr(error, _ATTRIBUTE):  # else it comes from an export inside
        with contextlib.suppress(AttributeError, TypeError):  # it may have slots
            setattr(error, _ATTRIBUTE, _Link(recording))
