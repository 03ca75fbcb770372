"""The library by several compilers, optimisations and versions of Z3.

Each build must pass the tests of the interface and of the inside.  Answers must
be the same: those to all of tests/data byte for byte where Z3 is the same, and
verdicts, fixes, answers and bounds, unless one is undecided, where it is not.

usage: versions.py Z3_FOLDER
  Z3_FOLDER  another Z3 than that of the system: include/z3.h, lib/libz3.so
"""

import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "public"))

from test_data import DATA, brief, lines_of  # noqa: E402

# Every compiler with every optimisation and every Z3, two at a time.
BUILDS = [
    ("gcc", "-O0", "system"),
    ("gcc", "-O3", "other"),
    ("clang", "-O0", "other"),
    ("clang", "-O3", "system"),
]
TESTS = "^(unit|property|cases|data|command)$"
QUESTIONS = {
    "problems": (["batch", "--jobs", "2"], DATA / "problems.jsonl"),
    "facts": (["ask", "--jobs", "2", "-"], DATA / "facts.jsonl"),
}
SECONDS = 1200
SHOWN = 5


def run(what, *command):
    """Runs a command; what it printed.  A failure ends everything."""
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS
    )
    if done.returncode != 0:
        sys.exit(f"{what}: failed\n{(done.stdout + done.stderr)[-4000:]}")
    return done.stdout + done.stderr


def make(folder, compiler, level, z3):
    """Configures and builds."""
    what = folder.name
    run(what, "cmake", "-S", ".", "-B", folder, "-G", "Ninja",
        f"-DCMAKE_C_COMPILER={compiler}", "-DCMAKE_BUILD_TYPE=Debug",
        f"-DCMAKE_C_FLAGS_DEBUG={level}", f"-DDIMSAT_Z3={z3}", "-DDIMSAT_WERROR=ON")
    run(what, "cmake", "--build", folder)


def answers_of(folder):
    """What the command prints for each question, as bytes."""
    answers = {}
    for name, (arguments, file) in QUESTIONS.items():
        with open(file, "rb") as lines:
            done = subprocess.run(
                [folder / "dimsat", *arguments],
                stdin=lines, capture_output=True, timeout=SECONDS,
            )
        answers[name] = done.stdout
    return answers


def decided(result):
    """What must not depend on the version of Z3; None where it is undecided."""
    if "undecided" in (result.get("verdict"), result.get("proof"),
                       result.get("answer")):
        return None
    return brief(result), result.get("answer"), result.get("bounds")


def differences(title, got, want, same_z3):
    """Where the answers of a build differ from those of another."""
    if same_z3:
        pairs = zip(got.splitlines(), want.splitlines())
        equal = got == want
        differ = [(g, w) for g, w in pairs if g != w]
    else:
        pairs = zip(lines_of(got.decode()), lines_of(want.decode()))
        kept = [(decided(g), decided(w)) for g, w in pairs]
        differ = [(g, w) for g, w in kept if g != w and g and w]
        equal = not differ and got.count(b"\n") == want.count(b"\n")
    if not equal:
        yield f"{title}: {len(differ)} lines differ"
    for g, w in differ[:SHOWN]:
        yield f"  want {w}\n  got  {g}"


def main():
    folder_of = {"system": "", "other": pathlib.Path(sys.argv[1]).resolve()}
    first, faults = {}, []
    for compiler, level, z3 in BUILDS:
        folder = ROOT / "build" / "versions" / f"{compiler}{level}-{z3}-z3"
        started = time.monotonic()
        make(folder, compiler, level, folder_of[z3])
        run(folder.name, "ctest", "--test-dir", folder, "-R", TESTS,
            "--parallel", "2", "--output-on-failure")
        answers = answers_of(folder)
        seconds = time.monotonic() - started
        print(f"{folder.name}: all tests pass, {seconds:.0f} s", flush=True)
        for name, got in answers.items():
            for other, want in first.items():
                title = f"{folder.name} against {other[1]}, {name}"
                faults += differences(title, got, want[name], other[0] == z3)
        if z3 not in [other[0] for other in first]:
            first[z3, folder.name] = answers
    print("\n".join(faults) if faults else "all answers are the same")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
