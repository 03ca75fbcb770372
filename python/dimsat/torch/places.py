"""Where in the user's code something happened: "model.py:12 in forward".

Strict exports interpret the user's code, so its frames are asked from PyTorch;
other exports run it, so its frames are on Python's own stack, below the frame of
the export.  Frames of PyTorch, of Python's library and of packages that only pass
calls on do not count as the user's; those of model libraries do.
"""

from __future__ import annotations

import functools
import importlib
import linecache
import os
import re
import sys
import sysconfig
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, FrameType

from dimsat.torch import hooks

_STACK_MOST = 6
_FRAMES_MOST = 1000

_PASS_ON = {
    "accelerate",
    "beartype",
    "decorator",
    "einops",
    "jaxtyping",
    "numpy",
    "opt_einsum",
    "typeguard",
    "typing_extensions",
    "wrapt",
}
"""Packages whose frames say less than those of whoever calls them."""

_MACHINERY = (
    "torch/__init__",
    "torch/_dynamo/utils",
    "torch/_logging/",
    "torch/_subclasses/",
    "torch/fx/",
    "torch/utils/_stats",
    "torch/utils/_sympy/",
)
"""Parts of PyTorch that stand between every question and whoever asked it."""

_TYPED = ("<stdin>", "<console>", "<ipython-input")
"""What Python calls the files of code that was typed in."""

_NODE_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<name>.+)')


@dataclass(frozen=True)
class Place:
    """One line of code: the file as Python knows it, and the function."""

    file: str
    line: int
    function: str

    def source_line(self) -> str:
        """The text of the line without its end; "" where there is none.

        >>> Place("nowhere.py", 3, "f").source_line()
        ''
        """
        linecache.checkcache(self.file)
        return linecache.getline(self.file, self.line).rstrip("\r\n")


_files: dict[str, str] = {}
_by_text: dict[str, Place] = {}
_lock = threading.Lock()


def here(outermost: CodeType) -> tuple[str, list[str]]:
    """The place being traced and its stack, outermost first.

    Only frames inside the innermost call of `outermost` are looked at.  The stack
    ends with the frame of PyTorch that asked, which is also the place where no code
    of the user is running; "" where there is neither.
    """
    frames = list(_frames(outermost))
    user = _traced_by_dynamo() or _own(frames) or _traced_again()
    asking = [place for place in frames if _kind(place.file) == "asks"][:1]
    at = (user[-1:] or asking)[-1:]
    stack = [text_of(place) for place in user[-_STACK_MOST:] + asking]
    return text_of(at[0]) if at else "", stack


def caller() -> str:
    """The innermost place of the user that led here; "" where there is none."""
    user = _own(list(_frames(None)))
    return text_of(user[-1]) if user else ""


def text_of(place: Place) -> str:
    """The short text of `place`; no two places of a process have the same."""
    with _lock:
        if place.file not in _files:
            name = shorten(place.file)
            taken = name in _files.values()
            _files[place.file] = place.file if taken else name
        text = f"{_files[place.file]}:{place.line} in {place.function}"
        _by_text[text] = place
    return text


def find(text: str) -> Place | None:
    """The place that `text_of` gave this text to, or None."""
    return _by_text.get(text)


def shorten(file: str) -> str:
    """`file` below the longest folder that Python imports from or runs in.

    A cell of a notebook is called as there: ``In[3]``.
    """
    if cell := _cell_number(file):
        return f"In[{cell}]"
    bases = [os.path.abspath(base) for base in [os.getcwd(), *sys.path]]
    inside = [base for base in bases if file.startswith(base.rstrip(os.sep) + os.sep)]
    return os.path.relpath(file, max(inside, key=len)) if inside else file


def _cell_number(file: str) -> int | None:
    """The number of the notebook's cell that IPython keeps in `file`."""
    get_shell = getattr(sys.modules.get("IPython"), "get_ipython", None)
    shell = get_shell() if get_shell else None
    numbers = getattr(getattr(shell, "compile", None), "_filename_map", {})
    number: int | None = numbers.get(file)
    return number


def _frames(outermost: CodeType | None) -> Iterator[Place]:
    """The frames from here, innermost first, out to `outermost`, without it."""
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_FRAMES_MOST):
        if frame is None or frame.f_code is outermost:
            return
        yield Place(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)
        frame = frame.f_back


def _own(innermost_first: list[Place]) -> list[Place]:
    """The user's frames among these, outermost first."""
    outermost_first = innermost_first[::-1]
    for kind in ("user", "passes on"):
        found = [place for place in outermost_first if _kind(place.file) == kind]
        if found:
            return found
    return []


def _traced_by_dynamo() -> list[Place]:
    """The user's frames of a strict export, outermost first."""
    stack = [Place(f.filename, f.lineno or 0, f.name) for f in hooks.user_stack()]
    return _own(stack[::-1])


def _traced_again() -> list[Place]:
    """The user's frames that made the graph node now being traced."""
    found = _NODE_FRAME.finditer(hooks.node_stack())
    stack = [Place(m["file"], int(m["line"]), m["name"]) for m in found]
    return _own(stack[::-1])


@functools.lru_cache(maxsize=4096)
def _kind(file: str) -> str:
    """Whose code it is: "user", "passes on", "asks" (PyTorch) or "other"."""
    if file.startswith("<") and not file.startswith(_TYPED):
        return "other"
    for folder in _framework_folders():
        if file.startswith(folder + os.sep):
            inside = os.path.relpath(file, os.path.dirname(folder))
            asks = inside.startswith("torch/") and not inside.startswith(_MACHINERY)
            return "asks" if asks else "other"
    if file.startswith(_own_folder()) or _is_standard(file):
        return "other"
    return "passes on" if _package_of(file) in _PASS_ON else "user"


@functools.cache
def _framework_folders() -> tuple[str, ...]:
    modules = [importlib.import_module(name) for name in ("torch", "sympy")]
    return tuple(os.path.dirname(module.__file__ or "") for module in modules)


def _own_folder() -> str:
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def _site_folders() -> set[str]:
    paths = sysconfig.get_paths()
    return {paths["purelib"] + os.sep, paths["platlib"] + os.sep}


def _is_standard(file: str) -> bool:
    """Whether `file` is of Python's own library."""
    folder = sysconfig.get_paths()["stdlib"] + os.sep
    return file.startswith(folder) and not (
        "site-packages" in file or "dist-packages" in file
    )


def _package_of(file: str) -> str:
    """The installed package that `file` belongs to, or ""."""
    for folder in _site_folders():
        if file.startswith(folder):
            return file[len(folder) :].split(os.sep, 1)[0].removesuffix(".py")
    return ""
