"""How time and memory grow with the number of guards, for each family.

Each run is a process of its own that reads one problem through the library,
decides it and writes the advice.  The ratio of a row is the cost of one guard at
the largest number measured over that at 1,000 guards; a run beyond the limits of
time and memory ends the curve.
"""

import json
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import families
import harness
import library

COUNTS = {
    "quick": (10, 20),
    "usual": (10, 1000, 100000),
    "full": (10, 100, 1000, 10000, 100000),
}
LIMIT = {"quick": 10, "usual": 60, "full": 60}  # seconds of processor time
MEMORY = 8 << 30  # bytes that one run may map, touched or not
FORMS = {
    "quick": (("suggest", "dims"),),
    "usual": (("check", "dims"), ("suggest", "json")),
    "full": tuple((c, f) for c in ("check", "suggest") for f in ("json", "dims")),
}
LEAST_SECONDS = 0.2  # shorter runs are repeated
MOST_RUNS = 7
AT_MOST = 1.5
TOO_LARGE = 9  # exit code of a run that was refused memory


# ---- One run, in its own process ------------------------------------------


def status(key):
    """A size of this process in bytes: VmRSS now, VmHWM at its peak."""
    text = pathlib.Path("/proc/self/status").read_text()
    return int(re.search(rf"{key}:\s+(\d+) kB", text)[1]) * 1024


def run_one(build, command, path, limit):
    """Prints the seconds and the peak growth in bytes."""
    text = pathlib.Path(path).read_bytes()
    decide = getattr(library.Solver(build), command)
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    soft = int(used + float(limit)) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, soft))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # forget the peak
    before = status("VmRSS")
    start = time.thread_time()
    verdict = decide(text)
    seconds = time.thread_time() - start
    if verdict < 0:  # no memory
        sys.exit(TOO_LARGE)
    print(json.dumps([seconds, max(status("VmHWM") - before, 1)]))


def cost(build, command, path, limit):
    """Seconds and bytes, the medians of some runs where they are short: all of
    them first runs, because memory that was used before is faster."""
    runs = [run_process(build, command, path, limit)]
    while runs[-1] and len(runs) < MOST_RUNS and runs[-1][0] < LEAST_SECONDS:
        runs.append(run_process(build, command, path, limit))
    if not runs[-1]:
        return None
    return [statistics.median(column) for column in zip(*runs)]


# ---- Curves ----------------------------------------------------------------


def run_process(build, command, path, limit):
    """Seconds and bytes of one run, or None beyond the limits."""
    arguments = [__file__, "--one", str(build), command, path, str(limit)]
    done = subprocess.run([sys.executable, *arguments], capture_output=True)
    if done.returncode < 0 or done.returncode == TOO_LARGE:
        return None
    done.check_returncode()
    found = json.loads(done.stdout)
    return found if found[0] <= limit else None


def curve(build, family, command, form, size, folder):
    """Costs by number of guards; None at the number that took too long."""
    costs = {}
    for count in COUNTS[size]:
        path = pathlib.Path(folder, f"{family}-{count}.{form}")
        if not path.exists():
            problem = families.problem(family, count)
            path.write_text(families.FORMATS[form](problem))
        costs[count] = cost(build, command, str(path), LIMIT[size])
        if costs[count] is None:
            break
    return costs


def growth_row(name, costs, size):
    """The row of one curve."""
    counts = COUNTS[size]
    base = 1000 if 1000 in counts else counts[0]
    reached = [n for n in counts if costs.get(n)]
    shown = {str(n): costs[n] for n in costs}
    if base not in reached or reached[-1] == base:
        late = next(n for n in counts if not costs.get(n))
        return {
            "row": f"{name}: over the limits at {late:,} guards",
            "unit": "us a guard",
            "target": f"at most {AT_MOST}",
            "met": False,
            "costs": shown,
        }
    top = reached[-1]
    base_time, top_time = (costs[n][0] / n * 1e6 for n in (base, top))
    base_bytes, top_bytes = (costs[n][1] / n for n in (base, top))
    made = harness.row(
        f"{name}, {top:,} / {base:,} guards",
        "us a guard",
        top_time,
        base_time,
        at_most=AT_MOST,
        ours_bytes=top_bytes,
        theirs_bytes=base_bytes,
        memory_ratio=top_bytes / base_bytes,
        costs=shown,
    )
    if top != counts[-1]:
        made["row"] += f"; over the limits at {counts[len(reached)]:,}"
        made["met"] = False
    return made


def measure(build, size):
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for command, form in FORMS[size]:
            for family in families.FAMILIES:
                costs = curve(build, family, command, form, size, folder)
                rows.append(growth_row(f"{command} {form} {family}", costs, size))
    grown = [r for r in rows if "memory_ratio" in r]
    if grown:
        worst = max(grown, key=lambda r: r["memory_ratio"])
        made = {"row": f"peak memory, the most of {len(grown)}: {worst['row']}"}
        made |= {"unit": "bytes a guard"}
        made |= {key: worst[f"{key}_bytes"] for key in ("ours", "theirs")}
        rows.append(harness.target(made, worst["memory_ratio"], at_most=AT_MOST))
    limits = f"{LIMIT[size]} s and {MEMORY >> 30} GB"
    return rows, [f"growth: the limits of a run are {limits}"]


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        run_one(*sys.argv[2:])
    else:
        harness.main(measure)
