"""Check and suggest against PyTorch's own solver, on the public problems."""

import collections

import harness
import library

RUNS = {"quick": 1, "usual": 3, "full": 5}
EVERY = {"quick": 100, "usual": 1, "full": 1}


def replays(every, notes):
    """The problems that PyTorch can be brought to again, by line, with the time
    of the first solve; counts those where it fails, that its spec cannot say, or
    that it refuses before any constraint reaches its solver."""
    import torch_replay

    reasons = collections.Counter()
    for line, problem in list(harness.problems())[::every]:
        try:
            replay = torch_replay.Replay(problem)
            first = harness.seconds(replay.solve)
            calls = replay.recorded()
            if not any(name == "add" for name, _ in calls[1:]):
                raise torch_replay.NotReplayed("no constraint reaches the solver")
            replay.solve_alone(calls)
        except torch_replay.NotReplayed as e:
            reasons[f"left out, {e}"] += 1
        except Exception as e:
            reasons[f"PyTorch fails with {type(e).__name__}"] += 1
        else:
            yield line, problem["name"], replay, calls, first
    notes += [f"{count} problems: {why}" for why, count in sorted(reasons.items())]


def measure(build, size):
    try:
        import torch
    except ImportError:
        return [], ["PyTorch is not installed for this Python: rows left out"]
    solver = library.Solver(build)
    notes, once, whole, alone = [], [], [], []
    for line, name, replay, calls, first in replays(EVERY[size], notes):
        with solver.suggester(line) as suggest:
            fresh, ours, theirs, core = harness.alternate(
                RUNS[size],
                lambda: solver.suggest(line),
                suggest,
                replay.solve,
                lambda: replay.solve_alone(calls),
            )
        once.append((fresh * 1e6, first * 1e6, name))
        whole.append((ours * 1e6, theirs * 1e6, name))
        alone.append((ours * 1e6, core * 1e6, name))
    kinds = (
        ("guards and solver, first run, with reading", once),
        ("guards and solver, repeated", whole),
        ("solver alone, repeated", alone),
    )
    rows = [
        line
        for kind, pairs in kinds
        for line in harness.spread(f"suggest / PyTorch {kind}", "us", pairs, 1000, 50)
    ]
    return rows, [f"PyTorch {torch.__version__}", *notes]


if __name__ == "__main__":
    harness.main(measure)
