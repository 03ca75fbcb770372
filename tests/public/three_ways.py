"""Three ways to decide give one answer: native, Z3, and both (the default).

All problems and facts of tests/data, by each way alone.  An answer is that of
the default, or it is `undecided`; few are.  The default itself rarely needs Z3.
Each way must say in its counters that it was alone.

usage: three_ways.py COMMAND
"""

import concurrent.futures
import pathlib
import subprocess
import sys

from test_data import DATA, EXPECTED, SHOWN, brief, lines_of

PROCESSES = 2
SECONDS = 600
SHORT = 200  # characters shown of a line
# Hard problems end as undecided in seconds, the same ones on every run.
Z3_STEPS = "300000"

# At most so many of a hundred.
NATIVE_UNDECIDED = 3
Z3_UNDECIDED = 5
DEFAULT_NEEDS_Z3 = 3

REPAIR = ["batch", "--jobs", "1", "--stats"]
CHECK = ["check", "--format", "json", "--stats", "-"]
ASK = ["ask", "--jobs", "1", "--stats", "-"]


def share(command, arguments, lines):
    """One process: the results of some lines."""
    done = subprocess.run(
        [command, *arguments],
        input="".join(lines).encode(),
        capture_output=True,
        timeout=SECONDS,
    )
    results = lines_of(done.stdout.decode())
    if len(results) != len(lines):
        errors = done.stderr.decode(errors="backslashreplace")[-2000:]
        raise RuntimeError(
            f"{arguments}: {len(results)} results for {len(lines)} lines: {errors}"
        )
    return results


def run(command, arguments, lines):
    """The results of all lines, in order; every process takes each nth."""
    results = [None] * len(lines)
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        shares = [
            pool.submit(share, command, arguments, lines[i::PROCESSES])
            for i in range(PROCESSES)
        ]
        for i, done in enumerate(shares):
            results[i::PROCESSES] = done.result()
    return results


def verdict(result):
    return result.get("verdict")


def answer(result):
    """What a fact's result decides, without the example sizes."""
    return result.get("answer"), result.get("bounds")


def undecided(result):
    return "undecided" in (result.get("answer"), result.get("verdict"))


def compare(way, lines, results, wanted, what):
    """What is wrong with the results of one way."""
    title, other, limit = way
    differ, asked = [], []
    for line, got, want in zip(lines, results, wanted):
        if not undecided(got) and what(got) != what(want):
            differ.append(f"want {what(want)}, got {what(got)}\n  {line[:SHORT]}")
        if got["stats"][other] != 0:
            asked.append(f"{other} was asked\n  {line[:SHORT]}")
    count = sum(undecided(r) for r in results)
    print(
        f"{title}: {len(results)} results, {count} undecided, "
        f"{len(differ)} differ"
    )
    if len(results) != len(wanted):
        yield f"{title}: {len(wanted)} results expected"
    if count * 100 > limit * len(results):
        yield f"{title}: {count} undecided, at most {limit} in a hundred may be"
    for fault in (differ + asked)[:SHOWN]:
        yield f"{title}: {fault}"


def needs_z3(results):
    """Whether the default opens Z3 for too many of the problems."""
    needy = sum(r["stats"]["z3_contexts"] != 0 for r in results)
    print(f"problems by default: {needy} of {len(results)} open Z3")
    if needy * 100 > DEFAULT_NEEDS_Z3 * len(results):
        yield f"{needy} problems open Z3: more than {DEFAULT_NEEDS_Z3} in a hundred"


def problem_faults(command):
    lines = (DATA / "problems.jsonl").read_text().splitlines(keepends=True)
    kept = lines_of(EXPECTED.read_text())
    yield from needs_z3(run(command, REPAIR, lines))
    native = run(command, [*REPAIR, "--no-z3"], lines)
    way = "problems without Z3", "z3", NATIVE_UNDECIDED
    yield from compare(way, lines, native, kept, brief)
    z3 = run(command, [*CHECK, "--no-native", "--budget", Z3_STEPS], lines)
    way = "problems by Z3 alone", "native", Z3_UNDECIDED
    yield from compare(way, lines, z3, kept, verdict)


def fact_faults(command):
    lines = (DATA / "facts.jsonl").read_text().splitlines(keepends=True)
    default = run(command, ASK, lines)
    native = run(command, [*ASK, "--no-z3"], lines)
    way = "facts without Z3", "z3", NATIVE_UNDECIDED
    yield from compare(way, lines, native, default, answer)
    z3 = run(command, [*ASK, "--no-native"], lines)
    way = "facts by Z3 alone", "native", Z3_UNDECIDED
    yield from compare(way, lines, z3, default, answer)


def main():
    command = pathlib.Path(sys.argv[1]).resolve()
    faults = [*problem_faults(command), *fact_faults(command)]
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
