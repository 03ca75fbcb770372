"""Runs the command on every folder of tests/cases and compares what it prints.

A case is a folder with problem files, `args` (the command line, as a shell
would split it; run inside the folder), `expected.txt` (standard output),
`expected_errors.txt` (standard error, when there is any), `input.txt`
(standard input, when there is any) and `exit` (the exit code, when not 0).

usage: run_cases.py [--accept] COMMAND [NAME...]
  --accept  write what is printed now as what is expected
  NAME      only cases whose folder name contains one of these
"""

import argparse
import concurrent.futures
import difflib
import pathlib
import shlex
import subprocess
import sys

CASES = pathlib.Path(__file__).resolve().parent / "cases"


def read(path):
    return path.read_text() if path.exists() else ""


def run(command, case):
    """What the command prints for a case: file name -> text."""
    arguments = shlex.split(read(case / "args"))
    done = subprocess.run(
        [command, *arguments],
        cwd=case,
        input=read(case / "input.txt").encode(),
        capture_output=True,
        timeout=60,
    )
    return {
        "expected.txt": done.stdout.decode(errors="backslashreplace"),
        "expected_errors.txt": done.stderr.decode(errors="backslashreplace"),
        "exit": f"{done.returncode}\n" if done.returncode else "",
    }


def accept(case, texts):
    """Writes `texts` as what the case expects."""
    for name, text in texts.items():
        if text or name == "expected.txt":
            (case / name).write_text(text)
        else:
            (case / name).unlink(missing_ok=True)


def differences(case, texts):
    """The unified differences between what is expected and `texts`."""
    for name, text in texts.items():
        want = read(case / name)
        if want != text:
            yield from difflib.unified_diff(
                want.splitlines(),
                text.splitlines(),
                f"{case.name}/{name}",
                "now",
                lineterm="",
            )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("command", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    command = options.command.resolve()
    cases = sorted(p.parent for p in CASES.glob("*/args"))
    if options.names:
        cases = [c for c in cases if any(n in c.name for n in options.names)]
    if not cases:
        sys.exit("no such case")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = pool.map(lambda case: run(command, case), cases)
        for case, texts in zip(cases, results):
            if options.accept:
                accept(case, texts)
                continue
            lines = list(differences(case, texts))
            failed += bool(lines)
            print("\n".join(lines), end="\n" if lines else "")
    print(f"{len(cases) - failed} of {len(cases)} cases are as expected")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
