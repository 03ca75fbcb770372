"""Where Z3 cannot be loaded, answers are undecided and say why.

usage: without_z3.py COMMAND NAME

NAME is what the loader looks for; a file of that name that is no library stands
in its way.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROBLEM = """\
dim a = 3..
dim b = 3..
input x: [a, b] = [5, 7]
guard a**3 + b**3 >= a*a*b + a*b*b
"""
WHY = "Z3 could not be loaded: "


def main(command, name):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / name).write_text("no library\n")
        env = dict(os.environ, LD_LIBRARY_PATH=folder)

        def run(code, *arguments, text=""):
            done = subprocess.run([command, *arguments], input=text, env=env,
                                  capture_output=True, text=True, timeout=60)
            if done.returncode != code:
                sys.exit(f"{arguments}: exit {done.returncode}, not {code}\n"
                         f"{done.stdout}{done.stderr}")
            return done.stdout

        answer = json.loads(run(3, "ask", "x**3 != y**3 + 61 or x < 9 or y < 9"))
        if answer["answer"] != "undecided" or WHY not in answer["reason"]:
            sys.exit(f"ask: {answer}")
        answer = json.loads(run(0, "ask", "4*a > 3*a - 1 or a < 0"))
        if answer["answer"] != "always":
            sys.exit(f"what needs no Z3: {answer}")
        for verb in "check", "suggest":
            out = run(3, verb, "--format", "json", "-", text=PROBLEM)
            result = json.loads(out)
            if result["verdict"] != "undecided" or WHY not in out:
                sys.exit(f"{verb}: {out}")


if __name__ == "__main__":
    main(*sys.argv[1:])
