"""What all subjects share: interleaved timing, rows, running as a program.

A subject is a file with a function `measure(build, size)` that returns rows and
notes; `size` is "quick", "usual" or "full".  It runs as a program of its own, so
that each may use the Python in which its peer is installed, and prints one JSON
object that bench.py collects.
"""

import argparse
import json
import math
import pathlib
import statistics
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
DATA = ROOT / "tests/data"
SIZES = ("quick", "usual", "full")


def row(name, unit, ours, theirs, at_least=None, at_most=None, **more):
    """One row of the table.  With `at_most` the ratio is a cost, ours over
    theirs; else it says how many times better ours is."""
    cost = at_most is not None
    ratio = ours / theirs if cost else theirs / ours
    return target(
        {"row": name, "unit": unit, "ours": ours, "theirs": theirs, **more},
        ratio,
        at_least,
        at_most,
    )


def target(partial, ratio, at_least=None, at_most=None):
    """A row with its ratio, what it should be, and whether it is."""
    partial["ratio"] = ratio
    if at_least is not None:
        partial |= {"target": f"at least {at_least:,}", "met": ratio >= at_least}
    if at_most is not None:
        partial |= {"target": f"at most {at_most:,}", "met": ratio <= at_most}
    return partial


def spread(name, unit, pairs, mean_target=None, least_target=None):
    """Two rows for many (ours, theirs) pairs: the geometric means, and the pair
    with the least ratio.  A pair may carry a name behind."""
    ours = geometric_mean([p[0] for p in pairs])
    theirs = geometric_mean([p[1] for p in pairs])
    worst = min(pairs, key=lambda p: p[1] / p[0])
    ratios = sorted(p[1] / p[0] for p in pairs)
    counts = {
        "median_ratio": statistics.median(ratios),
        "pairs": len(pairs),
        "below_target": sum(r < least_target for r in ratios) if least_target else 0,
    }
    yield row(
        f"{name}: geometric mean", unit, ours, theirs, at_least=mean_target, **counts
    )
    at = {"at": worst[2]} if len(worst) > 2 else {}
    yield row(
        f"{name}: least", unit, worst[0], worst[1], at_least=least_target, **at
    )


def geometric_mean(numbers):
    return math.exp(statistics.fmean(math.log(n) for n in numbers))


def seconds(action, repeats=1):
    """The processor time of one call, over `repeats` of them: other work on the
    machine disturbs it less than the clock on the wall.  It is this thread's,
    because that of the process moves in ticks once it is limited."""
    start = time.thread_time()
    for _ in range(repeats):
        action()
    return (time.thread_time() - start) / repeats


def repeats_for(action, wanted=0.001, most=1000):
    """How many calls take about the wanted seconds; the first call warms up."""
    action()
    return max(1, min(most, int(wanted / max(seconds(action), 1e-9))))


def alternate(runs, *actions, wanted=0.001):
    """Median processor seconds of each action, in turns."""
    repeats = [repeats_for(action, wanted) for action in actions]
    times = [
        [seconds(action, n) for action, n in zip(actions, repeats)]
        for _ in range(runs)
    ]
    return [statistics.median(column) for column in zip(*times)]


def problems():
    """The lines of the public problems that have guards, with the objects."""
    for line in (DATA / "problems.jsonl").read_bytes().splitlines():
        problem = json.loads(line)
        if problem["guards"]:
            yield line, problem


def main(measure):
    """Runs a subject as a program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--size", choices=SIZES, default="usual")
    options = parser.parse_args()
    rows, notes = measure(options.build.resolve(), options.size)
    print(json.dumps({"rows": rows, "notes": notes}))
