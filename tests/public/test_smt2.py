"""Another solver on the questions that `dimsat smt2` writes.

A seeded sample of random problems (dimsat_volume --dump) and of tests/data goes
through `dimsat smt2` to cvc5, and to z3 where that command is installed.  Each
question is one guard; `unsat` says that it holds on the whole spec.  The answer
of `dimsat check` to the problem with that guard alone must be the same, and
where each guard, each traced axis and all guards on free axes together hold, the
whole problem has no violation with a witness.  What a solver leaves open within
its limit, or dimsat leaves undecided, is only counted.

Without cvc5 the test is skipped: its exit status is 77.

usage: test_smt2.py [--count N] [--seed N] [--data N] COMMAND VOLUME
"""

import argparse
import collections
import json
import pathlib
import random
import shutil
import subprocess
import sys

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "problems.jsonl"
SKIPPED = 77
SECONDS = 120
SOLVER_SECONDS = 20  # some searches of cvc5 count few steps
SHOWN = 10
SOLVERS = {
    # Limits in steps, so that every run leaves the same questions open.
    "cvc5": ["cvc5", "--incremental", "--rlimit-per=5000", "-"],
    "z3": ["z3", "-in", "rlimit=1000000"],
}


def run(arguments, text="", seconds=SECONDS):
    return subprocess.run(
        arguments, input=text, capture_output=True, text=True, timeout=seconds
    )


def sample(arguments):
    """Problems, as objects."""
    dumped = run(
        [arguments.volume, "--dump", "--seed", str(arguments.seed)]
        + ["--count", str(arguments.count)]
    )
    lines = dumped.stdout.splitlines()
    kept = DATA.read_text().splitlines()
    lines += random.Random(arguments.seed).sample(kept, min(arguments.data, len(kept)))
    return [json.loads(line) for line in lines]


def questions(script):
    """What each check-sat of a script asks: the number of a guard, or a title."""
    title, asked = None, []
    for line in script.splitlines():
        if line.startswith("; guard "):
            title = int(line.split()[2].rstrip(":"))
        elif line.startswith("; "):
            title = line[2:]
        elif line == "(check-sat)":
            asked.append(title)
    return asked


def answers(solver, script, count):
    """One answer a question; `unknown` where the solver says anything else."""
    try:
        out = run(SOLVERS[solver], script, SOLVER_SECONDS).stdout
    except subprocess.TimeoutExpired:
        out = ""
    said = [line for line in out.splitlines() if line in ("sat", "unsat", "unknown")]
    return said if len(said) == count else ["unknown"] * count


def checks(command, problems):
    """The result of `dimsat check` for each problem."""
    text = "".join(json.dumps(problem) + "\n" for problem in problems)
    done = run([command, "check", "--format", "json", "-"], text)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    if len(results) != len(problems):
        sys.exit(f"{len(results)} results for {len(problems)}: {done.stderr[-2000:]}")
    return results


def with_guard_alone(problem, guard):
    return {**problem, "guards": [problem["guards"][guard]]}


def of_dimsat(result, guard=None):
    """What dimsat says, in the words of the solvers; of one guard, or of all."""
    shown = [v for v in result["violations"] if v["witness"]]
    if guard is not None:
        shown = [v for v in shown if v["guard"] == 0 or 0 in v["because"]]
    if shown:
        return "sat"
    return "unknown" if result["verdict"] == "undecided" else "unsat"


def of_all(said):
    """What the answers to all questions say together."""
    if "sat" in said:
        return "sat"
    return "unknown" if "unknown" in said else "unsat"


class Comparison:
    """Answers of one solver against those of dimsat."""

    def __init__(self, solver):
        self.solver, self.count, self.faults = solver, collections.Counter(), []

    def add(self, what, theirs, ours, script):
        self.count["questions"] += 1
        for who, answer in (self.solver, theirs), ("dimsat", ours):
            self.count[f"{who} unknown"] += answer == "unknown"
        if "unknown" in (theirs, ours):
            return
        self.count[f"both {ours}"] += theirs == ours
        if theirs != ours:
            self.faults.append(
                f"{what}: {self.solver} says {theirs}, dimsat {ours}\n{script}"
            )


def compare(command, problem, comparison):
    script = run([command, "smt2", "-"], json.dumps(problem)).stdout
    asked = questions(script)
    said = answers(comparison.solver, script, len(asked))
    if "(declare-fun" in script:  # then `sat` may speak of another function
        said = ["unknown" if answer == "sat" else answer for answer in said]
    guards = [(g, answer) for g, answer in zip(asked, said) if isinstance(g, int)]
    alone = [with_guard_alone(problem, guard) for guard, _ in guards]
    *single, whole = checks(command, [*alone, problem])
    name = problem.get("name")
    for (guard, theirs), result in zip(guards, single):
        ours = of_dimsat(result, guard)
        comparison.add(f"{name}, guard {guard}", theirs, ours, script)
    comparison.add(f"{name}, all of it", of_all(said), of_dimsat(whole), script)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", type=pathlib.Path)
    parser.add_argument("volume", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=int, default=20)
    arguments = parser.parse_args()
    if not shutil.which("cvc5"):
        print("cvc5 is not installed: skipped (apt-get install cvc5)")
        sys.exit(SKIPPED)
    problems = sample(arguments)
    faults = []
    for solver in SOLVERS:
        if not shutil.which(solver):
            continue
        comparison = Comparison(solver)
        for problem in problems:
            compare(arguments.command.resolve(), problem, comparison)
        counts = ", ".join(f"{n} {what}" for what, n in comparison.count.items())
        print(f"{solver}, {len(problems)} problems: {counts}")
        print(f"{solver}: {len(comparison.faults)} disagreements")
        faults += comparison.faults
    print("\n".join(faults[:SHOWN]))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
