"""The command on recorded calls, against what the tools of those names answer.

Each answer is the tool's (results to the letter, errors by type), or it is marked
`better` and is the one that the data holds as `instead`.

usage: test_observed.py [--accept] [--data FILE] COMMAND
  --accept  write the marked answers of now as `instead`
  --data    other recordings; marked answers are not compared then
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "observed.jsonl"
ASKED = ("signature", "observations", "options", "registration")
SHOWN = 10  # differences printed
SECONDS = 60


def questions(recording):
    keys = ("function", "kwargs")
    return [{key: e[key] for key in keys} for e in recording["expected"]]


def ask(command, recordings):
    """The answers of the command to each recording."""
    lines = []
    for recording in recordings:
        asked = {key: recording[key] for key in ASKED}
        lines.append(json.dumps({**asked, "ask": questions(recording)}))
    for line in lines:
        done = subprocess.run(
            [command, "observe", "--format", "json", "-"],
            input=line.encode(),
            capture_output=True,
            timeout=SECONDS,
        )
        if done.returncode != 0:
            sys.exit(f"exit {done.returncode} for {line}: {done.stderr.decode()}")
        yield json.loads(done.stdout)["answers"]


def outcome(answer):
    """What is compared: the result, its order included, or the type of error."""
    error = answer.get("error")
    kind = error["type"] if isinstance(error, dict) else error
    return json.dumps(answer.get("result")), kind


def without_words(answer):
    """The answer but for the message of an error."""
    kept = {key: value for key, value in answer.items() if key != "error"}
    if "error" in answer:
        kept["error"] = answer["error"]["type"]
    return kept


def fault(expected, got, compare):
    """What is wrong with an answer, or None."""
    if outcome(expected) == outcome(got):
        return None
    if "better" not in got:
        return "differs without a mark"
    if compare and without_words(got) != expected.get("instead"):
        return "differs from `instead`"
    return None


def accept(recordings, answers):
    """Writes marked answers that differ into the data."""
    for recording, got in zip(recordings, answers):
        for expected, answer in zip(recording["expected"], got):
            expected.pop("instead", None)
            if outcome(expected) != outcome(answer) and "better" in answer:
                expected["instead"] = without_words(answer)
    lines = [json.dumps(r, separators=(",", ":")) for r in recordings]
    DATA.write_text("\n".join(lines) + "\n")


def check(recordings, answers, compare):
    """Prints counts and the first faults; whether there is none."""
    faults, counts = [], collections.Counter()
    for recording, got in zip(recordings, answers):
        if len(got) != len(recording["expected"]):
            sys.exit(f"{recording['id']}: {len(got)} answers")
        for expected, answer in zip(recording["expected"], got):
            wrong = fault(expected, answer, compare)
            same = outcome(expected) == outcome(answer)
            counts["equal" if same else "better"] += wrong is None
            if wrong:
                faults.append(
                    f"{recording['id']}: {wrong}\n  tool {json.dumps(expected)}"
                    f"\n  got  {json.dumps(answer)}"
                )
    print(*faults[:SHOWN], sep="\n")
    print(f"{len(recordings)} recordings: {counts['equal']} answers are equal,")
    print(f"{counts['better']} are better and say so, {len(faults)} are wrong")
    return not faults


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("--data", type=pathlib.Path, default=DATA)
    parser.add_argument("command")
    options = parser.parse_args()
    lines = options.data.read_text().splitlines()
    recordings = [json.loads(line) for line in lines]
    answers = list(ask(options.command, recordings))
    if options.accept:
        accept(recordings, answers)
    compare = options.data == DATA
    return 0 if check(recordings, answers, compare) else 1


if __name__ == "__main__":
    sys.exit(main())
