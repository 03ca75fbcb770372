"""The command on all public problems and facts of tests/data.

Problems (808 exports of PyTorch models): verdict and fixes must be those of
problems_expected.jsonl.  Facts (conditions and bounds that were proved
elsewhere): no answer may be wrong, at most one in a hundred undecided.

usage: test_data.py [--accept] COMMAND
  --accept  write the verdicts and fixes of now as what is expected
"""

import argparse
import json
import pathlib
import subprocess
import sys

DATA = pathlib.Path(__file__).resolve().parents[1] / "data"
EXPECTED = DATA / "problems_expected.jsonl"
ANSWERS = {"true": "always", "false": "never", "unknown": "sometimes"}
SHOWN = 10  # differences printed
SECONDS = 120


def lines_of(text):
    return [json.loads(line) for line in text.splitlines()]


def run(command, arguments, file):
    """The results of the command, one a line of the file."""
    done = subprocess.run(
        [command, *arguments],
        input=file.read_bytes(),
        capture_output=True,
        timeout=SECONDS,
    )
    results = lines_of(done.stdout.decode())
    wanted = len(file.read_bytes().splitlines())
    if len(results) != wanted:
        errors = done.stderr.decode(errors="backslashreplace")[-2000:]
        sys.exit(f"{len(results)} results for {wanted} lines: {errors}")
    return results


def brief(result):
    """Verdict and fixes of a result, as one compact line."""
    keys = ("name", "verdict", "fixes", "error")
    kept = {key: result[key] for key in keys if key in result}
    return json.dumps(kept, separators=(",", ":"), ensure_ascii=False)


def problem_faults(results):
    """What differs from the file of expected lines."""
    now = [brief(result) for result in results]
    then = EXPECTED.read_text().splitlines()
    for want, got in zip(then, now):
        if want != got:
            yield f"problem:\n  want {want}\n  got  {got}"
    if len(then) != len(now):
        yield f"{len(now)} problems, {len(then)} expected lines"


def within(got, want):
    """Whether the bounds `got` lie within the bounds `want`."""
    low = want[0] is None or (got[0] is not None and int(got[0]) >= want[0])
    high = want[1] is None or (got[1] is not None and int(got[1]) <= want[1])
    return low and high


def judge(fact, result):
    """"right", "undecided" or "wrong"."""
    if result.get("answer") == "undecided":
        return "undecided"
    if fact["expect"] != "bounds":
        right = result.get("answer") == ANSWERS[fact["expect"]]
    elif "bounds" not in result:
        right = False
    elif fact["tight"]:
        right = result["bounds"] == fact["bounds"]
    else:
        right = within(result["bounds"], fact["bounds"])
    return "right" if right else "wrong"


def fact_faults(results):
    """Wrong answers, and undecided ones where they are too many."""
    facts = lines_of((DATA / "facts.jsonl").read_text())
    judged = {"right": [], "undecided": [], "wrong": []}
    for fact, result in zip(facts, results):
        judged[judge(fact, result)].append(f"{fact}\n  got {result}")
    yield from (f"wrong: {text}" for text in judged["wrong"])
    if len(judged["undecided"]) * 100 > len(facts):
        yield from (f"undecided: {text}" for text in judged["undecided"])
    counts = ", ".join(f"{len(v)} {k}" for k, v in judged.items())
    print(f"{len(facts)} facts: {counts}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("command", type=pathlib.Path)
    options = parser.parse_args()
    command = options.command.resolve()
    problems = run(command, ["batch"], DATA / "problems.jsonl")
    if options.accept:
        EXPECTED.write_text("".join(brief(p) + "\n" for p in problems))
        return
    faults = list(problem_faults(problems))
    print(f"{len(problems)} problems: {len(faults)} differ")
    faults += fact_faults(run(command, ["ask", "-"], DATA / "facts.jsonl"))
    print("\n".join(faults[:SHOWN]))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
