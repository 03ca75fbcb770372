"""``python -m dimsat run``: the script as it is, and what follows it."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

FAILS = """
    import sys
    assert "torch" not in sys.modules, "PyTorch is there before the script wants it"
    import torch
    from torch.export import Dim

    class Quarters(torch.nn.Module):
        def forward(self, x):
            return x.view(-1, 4)

    def fail():
        shapes = {"x": {0: Dim("n")}}
        return torch.export.export(Quarters(), (torch.ones(8),), dynamic_shapes=shapes)
"""


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "script.py"
        path.write_text(textwrap.dedent(text))
        return path

    return write


def python(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def both(script: Path, *words: str) -> tuple[list[object], list[object]]:
    """What a script does without dimsat and with it: output, errors, exit code."""
    done = [
        python(script.parent, *start, script.name, *words)
        for start in ((), ("-m", "dimsat", "run"))
    ]
    plain, run = ([d.stdout, d.stderr, d.returncode] for d in done)
    return plain, run


@pytest.mark.parametrize(
    "text",
    [
        "import sys; print(sys.argv, sys.path[0], __name__, __file__, __package__)",
        "print(sorted(globals()), __builtins__, __spec__, __doc__, __annotations__)",
        "import sys; print(sys.modules['__main__'].__file__); sys.exit(7)",
        "import sys; print('out'); sys.exit('last words')",
        "raise SystemExit",
        "def f():\n    1 / 0\nf()",
        "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError(3) from e",
        "x = (",
        "import os, signal; os.kill(os.getpid(), signal.SIGINT)",
        "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
        "import atexit; atexit.register(print, 'at exit'); 1 / 0",
        "import sys; sys.excepthook = lambda *a: print('mine', *a); 1 / 0",
        "from threading import Thread\nThread(target=lambda: 1 / 0).start()",
        "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))))",
    ],
)
def test_script_runs_as_it_is(script: Callable[[str], Path], text: str) -> None:
    plain, run = both(script(text), "one", "--two", "-m")
    assert run == plain_addresses(plain, run)


def plain_addresses(plain: list[object], run: list[object]) -> list[object]:
    """`plain`, but the addresses of objects and threads' numbers as in `run`."""
    number = re.compile(r"0x[0-9a-f]+")
    found = iter(number.findall(f"{run[0]}{run[1]}"))
    replaced = [number.sub(lambda _: next(found), str(part)) for part in plain[:2]]
    return [*replaced, plain[2]]


def test_module(script: Callable[[str], Path]) -> None:
    path = script(
        "import sys; print(sys.argv, sys.path[0], __spec__.name, __package__)"
    )
    words = ("-m", "script", "one")
    plain = python(path.parent, *words)
    run = python(path.parent, "-m", "dimsat", "run", *words)
    assert (run.stdout, run.stderr) == (plain.stdout, plain.stderr)


def test_package(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text("print(__spec__.name, __package__); 1 / 0")
    plain = python(tmp_path, "-m", "package")
    run = python(tmp_path, "-m", "dimsat", "run", "-m", "package")
    assert run.stdout == plain.stdout == "package.__main__ package\n"
    assert run.stderr.splitlines()[-3:] == plain.stderr.splitlines()[-3:]
    assert "dimsat" not in run.stderr


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 2, "usage: python -m dimsat run"),
        (("--all",), 2, "usage: python -m dimsat run"),
        (("--none", "x.py"), 2, "no such option: --none"),
        (("nowhere.py",), 2, "nowhere.py': [Errno 2] No such file"),
        (("-m", "no.module"), 1, "no module named no.module"),
    ],
)
def test_usage(tmp_path: Path, words: tuple[str, ...], code: int, message: str) -> None:
    run = python(tmp_path, "-m", "dimsat", "run", *words)
    assert run.returncode == code
    assert message in run.stderr


def test_help(tmp_path: Path) -> None:
    run = python(tmp_path, "-m", "dimsat", "run", "--help")
    assert run.returncode == 0
    assert run.stdout.startswith("usage: python -m dimsat run")


def test_failed_export_is_explained_after_the_traceback(
    script: Callable[[str], Path],
) -> None:
    plain, run = both(script(textwrap.dedent(FAILS) + "fail()\n"))
    assert plain[0] == run[0]
    assert plain[2] == run[2] == 1
    errors, expected = str(run[1]), str(plain[1])
    assert errors.startswith(expected)
    explanation = errors.removeprefix(expected)
    assert explanation.startswith("\nQuarters: the spec promises sizes that the model")
    assert "script.py:9 in forward" in explanation
    assert "9 |         return x.view(-1, 4)" in explanation
    assert "dynamic_shapes = {" in explanation


def test_exports_that_the_script_survives(script: Callable[[str], Path]) -> None:
    text = textwrap.dedent(FAILS) + textwrap.dedent("""
        for _ in range(3):
            try:
                fail()
            except Exception:
                pass
        sys.exit(5)
    """)
    path = script(text)
    run = python(path.parent, "-m", "dimsat", "run", path.name)
    assert run.returncode == 5
    assert run.stderr == (
        "dimsat: the export of Quarters at script.py:13 in fail failed 3 times"
        " and was handled; --all explains it\n"
    )
    run = python(path.parent, "-m", "dimsat", "run", "--all", path.name)
    assert run.returncode == 5
    assert run.stderr.count("Quarters: the spec promises sizes") == 3


def test_unknown_version_of_pytorch(script: Callable[[str], Path]) -> None:
    text = (
        FAILS
        + """
    import torch.fx.experimental.symbolic_shapes as shapes
    del shapes.ShapeEnv._log_guard
    import torch.export._trace
    print("went on")
"""
    )
    path = script(text)
    run = python(path.parent, "-m", "dimsat", "run", path.name)
    assert run.stdout == "went on\n"
    assert run.stderr.startswith("dimsat: dimsat.torch needs torch.fx.")


def test_strategies_of_one_call_are_explained_once(
    script: Callable[[str], Path],
) -> None:
    text = textwrap.dedent(FAILS) + textwrap.dedent("""
        def strategies(model):
            for strict in (False, True):
                try:
                    shapes = {"x": {0: Dim("n")}}
                    args = (torch.ones(8),)
                    export = torch.export.export
                    export(model, args, dynamic_shapes=shapes, strict=strict)
                except Exception as error:
                    failed = error
            raise RuntimeError("no strategy works") from failed

        strategies(Quarters())
    """)
    path = script(text)
    run = python(path.parent, "-m", "dimsat", "run", path.name)
    assert run.returncode == 1
    assert run.stderr.count("Quarters: the spec promises sizes") == 1
    assert "was handled" not in run.stderr
