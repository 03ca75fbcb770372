"""The benchmarks work: every family is a valid problem, and the driver gives its
table where no peer is installed.

usage: test_bench.py BUILD
"""

import json
import pathlib
import subprocess
import sys
import tempfile

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
COUNTS = (10, 100)
SUBJECTS = ("start", "growth", "parse", "evaluate", "jax", "torch")
faults = []


def expect(held, text):
    if not held:
        faults.append(text)


def run(*arguments, **options):
    return subprocess.run(
        arguments, capture_output=True, text=True, timeout=120, **options
    )


def generated(family, count, form):
    """A family's problem as families.py prints it."""
    program = [sys.executable, str(BENCH / "families.py"), family, str(count)]
    done = run(*program, "--format", form)
    expect(done.returncode == 0, f"{family} {count} {form}: {done.stderr}")
    return done.stdout


def test_family(command, family, count):
    """Both forms mean the same, the spec is violated, the example is not."""
    name = f"{family} {count}"
    text = generated(family, count, "json")
    problem = json.loads(text)
    expect(len(problem["guards"]) == count, f"{name}: not {count} guards")
    forms = (text, generated(family, count, "dims"))
    results = [
        run(command, "suggest", "--format", "json", "--strict", "-", input=form)
        for form in forms
    ]
    expect(results[0].stdout == results[1].stdout, f"{name}: the forms differ")
    expect(results[0].returncode == 1, f"{name}: {results[0].stderr or 'no violation'}")
    sizes = {s["name"]: s["hint"] for s in problem["symbols"]}
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "problem.json")
        file.write_text(text)
        done = run(command, "eval", str(file), input=json.dumps(sizes))
    expect(done.returncode == 0, f"{name}: the example is refused: {done.stdout[:500]}")


def test_guard_texts():
    """As many guards as asked for, all satisfied."""
    for count in COUNTS:
        done = run(sys.executable, str(BENCH / "guard_texts.py"), str(count))
        expect(done.returncode == 0, f"guard_texts.py: {done.stderr}")
        expect(len(json.loads(done.stdout)["guards"]) == count, "guard_texts.py")


def test_driver(build):
    """The smallest run: rows with ratios, notes where a peer is missing."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "rows.json")
        program = [sys.executable, str(BENCH / "bench.py"), build, "--size", "quick"]
        done = run(*program, "--json", str(file), *SUBJECTS)
        expect(done.returncode == 0, f"bench.py: {done.stderr}")
        results = json.loads(file.read_text())["subjects"] if file.exists() else {}
    expect(list(results) == list(SUBJECTS), f"bench.py: subjects {list(results)}")
    for subject, found in results.items():
        expect(found["rows"] or found["notes"], f"bench.py: {subject} says nothing")
        for row in found["rows"]:
            expect("ratio" in row, f"bench.py: {row['row']}: no ratio")
            expect(row["row"] in done.stdout, f"bench.py: {row['row']} not printed")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    command = str(build / "dimsat")
    listed = run(sys.executable, str(BENCH / "families.py"), "--list")
    families = listed.stdout.split()
    expect(len(families) >= 15, f"families.py lists {families}")
    for family in families:
        for count in COUNTS:
            test_family(command, family, count)
    test_guard_texts()
    test_driver(str(build))
    print("\n".join(faults), end="\n" if faults else "")
    print(f"{len(families)} families, {len(faults)} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
