"""Runs the fuzzers: run.py BUILD MINUTES [TARGET...], or `short` for MINUTES.

MINUTES are split over the targets, two of which run at a time.  What they find
to be new is kept in BUILD/corpus/TARGET, for the next run.  `short` does the same
calls on every machine, from the inputs of the repository alone.

A crash is made smaller and named with the commands to type next; then the exit
status is 1.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# Calls of a short run, a quarter of a minute each.
RUNS = {
    "expressions": 20000,
    "dims": 2500,
    "json": 2000,
    "ask": 2500,
    "sizes": 12000,
    "program": 10000,
    "api": 4000,
    "import": 4000,
    "observe": 4000,
}
JOBS = 2
SMALLER = 60  # seconds for making a crash smaller
ENVIRONMENT = dict(
    os.environ,
    ASAN_OPTIONS="intercept_tls_get_addr=0",  # see CMakeLists.txt
    UBSAN_OPTIONS="print_stacktrace=1",
)
USUAL = [
    "-timeout=20",
    "-rss_limit_mb=3000",
    "-max_len=4096",
    "-print_final_stats=1",
    f"-dict={HERE / 'dimsat.dict'}",
]


def run(command, log):
    with open(log, "w") as out:
        return subprocess.run(
            command, stdout=out, stderr=subprocess.STDOUT, env=ENVIRONMENT
        ).returncode


def last(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def smaller(build, target, crash):
    """Makes a crash smaller where that goes in time; the path of the file."""
    small = crash.with_name("small-" + crash.name)
    run(
        [build / f"fuzz_{target}", "-minimize_crash=1",
         f"-max_total_time={SMALLER}", "-timeout=20",
         f"-exact_artifact_path={small}", crash],
        build / f"smaller-{target}.log",
    )
    return small if small.exists() else crash


def emptied(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def fuzz(build, target, how):
    """Runs a target; a line for people, and its crash or None."""
    found = emptied(build / "crashes" / target)
    kept = build / "corpus" / target
    if "-seed=1" in how:
        kept = emptied(build / "short" / target)
    kept.mkdir(parents=True, exist_ok=True)
    inputs = [kept]  # the first is where libFuzzer writes
    inputs += [d for d in (HERE / "corpus" / target, HERE / "crashes" / target)
               if d.exists()]
    log = build / f"fuzz_{target}.log"
    command = [build / f"fuzz_{target}", *USUAL, *how,
               f"-artifact_prefix={found}/"]
    code = run([*command, *inputs], log)
    text = log.read_text(errors="replace")
    line = (f"{target:<12}{last(r'number_of_executed_units: *([0-9]+)', text):>10} calls"
            f"{last(r'cov: ([0-9]+)', text):>8} edges"
            f"{last(r' ft: ([0-9]+)', text):>8} features")
    crashes = sorted(found.iterdir())
    if not crashes and code == 0:
        return line + "   no crash", None
    if not crashes:
        return line + f"   it failed; the log is {log}", log
    return line + "   A CRASH", smaller(build, target, crashes[0])


def advise(build, target, crash):
    """What to type next."""
    if crash.suffix == ".log":
        return
    print(f"\n{target}: {crash}\n"
          f"  {build}/dimsat_replay {target} {crash}\n"
          f"  cp {crash} tests/fuzz/crashes/{target}/NAME    (keep it as a test)")


def main():
    build, amount, *targets = sys.argv[1:]
    build = pathlib.Path(build)
    targets = targets or list(RUNS)
    for target in targets:
        if target not in RUNS:
            sys.exit(f"there is no target '{target}'; there are: "
                     + " ".join(RUNS))
    rounds = -(-len(targets) // JOBS)
    failed = False
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        def start(target):
            if amount == "short":
                how = ["-seed=1", f"-runs={RUNS[target]}"]
            else:
                seconds = max(5, round(float(amount) * 60 / rounds))
                how = [f"-max_total_time={seconds}"]
            return target, *fuzz(build, target, how)

        results = []
        for target, line, crash in pool.map(start, targets):
            print(line, flush=True)
            results.append((target, crash))
    for target, crash in results:
        if crash:
            failed = True
            advise(build, target, crash)
    sys.exit(failed)


if __name__ == "__main__":
    main()
