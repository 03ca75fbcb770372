"""The Python package of a build passes its tests.

usage: python_package.py core|torch CMAKE BUILD_FOLDER COMMAND

Python is that of build/venv, which `./dev python` makes, else the one that runs
this.  Exit code 77 where it lacks what the tests want.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
WANTED = {"core": ["pytest", "hypothesis"],
          "torch": ["pytest", "hypothesis", "torch"]}
TESTS = ROOT / "tests/python"


def find_python():
    own = ROOT / "build/venv/bin/python"
    return str(own) if own.exists() else sys.executable


def missing(python, names):
    """Those that cannot be imported."""
    code = ("import sys, importlib.util as u; "
            "print(*(n for n in sys.argv[1:] if not u.find_spec(n)))")
    run = subprocess.run([python, "-c", code, *names], capture_output=True,
                         text=True, check=True)
    return run.stdout.split()


def main(which, cmake, built, command):
    python = find_python()
    lacks = missing(python, WANTED[which])
    if lacks:
        print(f"skipped: {python} has no {', '.join(lacks)}; "
              "./dev python installs all of it into build/venv")
        sys.exit(77)
    tests = [TESTS / "torch"]
    if which == "core":
        tests = [TESTS, f"--ignore={TESTS / 'torch'}"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([cmake, "--install", built, "--component", "python",
                        "--prefix", folder], check=True, capture_output=True)
        env = dict(os.environ, PYTHONPATH=folder, DIMSAT_COMMAND=command)
        run = subprocess.run(
            [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
            cwd=ROOT, env=env)
    sys.exit(run.returncode)


if __name__ == "__main__":
    main(*sys.argv[1:])
