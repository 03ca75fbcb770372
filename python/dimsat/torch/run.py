"""``python -m dimsat run script.py ARGS``: a script as it is, failed exports explained.

The script runs as ``python script.py ARGS`` would run it: the same ``sys.argv``,
``sys.path[0]`` and ``__main__``, the same traceback, the same exit code.  PyTorch is
imported when the script does it, and listened to from then on.  When an export that
failed ends the script, its explanation follows the traceback; one that the script
survived is named in one line, or explained too with ``--all``.
"""

from __future__ import annotations

import builtins
import importlib.machinery
import importlib.util
import io
import os
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, TextIO

from dimsat.torch.tracebacks import without_own_frames
from dimsat.torch.watching import when_imported

if TYPE_CHECKING:
    from dimsat.torch.recording import Recording

USAGE = """usage: python -m dimsat run [--all] SCRIPT [ARGS...]
       python -m dimsat run [--all] -m MODULE [ARGS...]

Runs a Python script or module as it is. When an export of PyTorch fails because the
spec and the model disagree, the explanation follows on standard error.

  --all   also explain failed exports that the script itself handled
"""

_BAD_USAGE = 2


class _Failures(list["Recording"]):
    """Keeps the exports that failed over their spec and lets go of the others."""

    def insert(self, position: object, recording: Recording) -> None:
        if recording.is_violation:
            self.append(recording)


class _Script:
    """The code to be run and the module it runs in."""

    def __init__(
        self, read: Callable[[], types.CodeType], **attributes: object
    ) -> None:
        self._read = read
        self._module = types.ModuleType("__main__")
        self._module.__dict__.update(attributes, __builtins__=builtins)

    def run(self) -> None:
        sys.modules["__main__"] = self._module
        exec(self._read(), self._module.__dict__)


class _Unusable(Exception):
    """There is no such script or module; the text says so."""


def main(arguments: Sequence[str]) -> int:
    """Runs the command; returns an exit code unless the script itself ends in one.

    What the script raises passes through, after sys.excepthook was made to print it
    as Python does and the explanation after it.
    """
    options, rest = _options(arguments)
    if options is None:
        print(USAGE, end="", file=sys.stderr)
        return _BAD_USAGE
    if "--help" in options:
        print(USAGE, end="")
        return 0
    try:
        script = _module(rest) if "-m" in options else _file(rest)
    except _Unusable as error:
        print(error, file=sys.stderr)
        return 1 if "-m" in options else _BAD_USAGE
    _run(script, explain_all="--all" in options)
    return 0


def _options(arguments: Sequence[str]) -> tuple[set[str] | None, list[str]]:
    """The options before the script, None for bad ones; and the script's words."""
    options: set[str] = set()
    rest = list(arguments)
    while rest and rest[0].startswith("-") and "-m" not in options:
        option = rest.pop(0)
        option = {"-h": "--help"}.get(option, option)
        if option not in ("--all", "--help", "-m"):
            print(f"dimsat: no such option: {option}", file=sys.stderr)
            return None, rest
        options.add(option)
    return (options if rest or "--help" in options else None), rest


def _file(words: list[str]) -> _Script:
    path = os.path.abspath(words[0])
    try:
        with io.open_code(path) as file:
            source = file.read()
    except OSError as error:
        why = f"[Errno {error.errno}] {error.strerror}"
        raise _Unusable(f"dimsat: can't open file {path!r}: {why}") from None
    sys.argv[:] = words
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.path.dirname(os.path.realpath(path))
    return _Script(
        lambda: compile(source, path, "exec", dont_inherit=True),
        __file__=path,
        __cached__=None,
        __annotations__={},
        __loader__=importlib.machinery.SourceFileLoader("__main__", path),
    )


def _module(words: list[str]) -> _Script:
    name = words[0]
    spec = _find(name)
    if spec is not None and spec.submodule_search_locations is not None:
        spec = _find(f"{name}.__main__")
    get_code = getattr(spec and spec.loader, "get_code", None)
    if spec is None or get_code is None:
        raise _Unusable(f"dimsat: no module named {name} that can be run")
    found = spec.name
    sys.argv[:] = [spec.origin or name, *words[1:]]
    return _Script(
        lambda: get_code(found),
        __file__=spec.origin,
        __cached__=spec.cached,
        __annotations__={},
        __loader__=spec.loader,
        __package__=spec.parent,
        __spec__=spec,
    )


def _find(name: str) -> importlib.machinery.ModuleSpec | None:
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None


def _run(script: _Script, *, explain_all: bool) -> None:
    failures = _Failures()
    with ExitStack() as stack:

        def listen() -> None:
            from dimsat.torch.recording import recording  # noqa: PLC0415

            try:
                stack.enter_context(recording(failures))
            except ImportError as error:  # an unknown version of PyTorch
                print(f"dimsat: {error}", file=sys.stderr)

        stack.enter_context(when_imported("torch.export._trace", listen))
        try:
            script.run()
        except SystemExit:
            _tell_survived(failures, explain_all)
            raise
        except BaseException as error:
            _prepare_to_print(error, failures, explain_all)
            raise
        _tell_survived(failures, explain_all)


def _prepare_to_print(
    error: BaseException, failures: list[Recording], explain_all: bool
) -> None:
    """Has Python print `error` without dimsat's frames, the explanation after it.

    Python itself must end the process, for its exit code is not 1 for each error: an
    interrupted script dies of the signal.
    """
    print_error = sys.excepthook

    def hook(
        kind: type[BaseException],
        value: BaseException,
        trace: types.TracebackType | None,
    ) -> None:
        sys.excepthook = print_error
        without_own_frames(value)
        print_error(kind, value, value.__traceback__)
        fatal = _fatal(value)
        if fatal is None:
            _tell_survived(failures, explain_all)
            return
        _explain(fatal)
        others = [f for f in failures if not _is_same_attempt(f, fatal)]
        _tell_survived(others, explain_all)

    sys.excepthook = hook


def _fatal(error: BaseException) -> Recording | None:
    """The failed export that `error` comes from, None without one."""
    if "dimsat.torch.recording" not in sys.modules:
        return None
    from dimsat.torch.recording import recording_of  # noqa: PLC0415

    recording = recording_of(error)
    return recording if recording and recording.is_violation else None


def _is_same_attempt(one: Recording, other: Recording) -> bool:
    """Whether one call made both exports, as torch.onnx does with its strategies."""
    return one.call.model is other.call.model and one.called_at == other.called_at


def _tell_survived(failures: Iterable[Recording], explain_all: bool) -> None:
    if explain_all:
        for recording in failures:
            _explain(recording)
        return
    lines = Counter(
        f"dimsat: the export of {type(f.call.model).__name__} at {f.called_at} failed"
        for f in failures
    )
    for line, count in lines.items():
        times = f" {count} times" if count > 1 else ""
        print(f"{line}{times} and was handled; --all explains it", file=sys.stderr)


def _explain(recording: Recording) -> None:
    """Prints the explanation; nothing it meets may change how the script ends."""
    from dimsat.torch.reporting import report_of  # noqa: PLC0415

    try:
        text = report_of(recording).text(color=_wants_color(sys.stderr))
    except Exception as error:
        text = f"dimsat: the export could not be explained: {error!r}\n"
    print(f"\n{text}", end="", file=sys.stderr, flush=True)


def _wants_color(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR")
