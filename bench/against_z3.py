"""The native layer against Z3 alone: the same library with `no_native`."""

import harness
import library

RUNS = {"quick": 1, "usual": 3, "full": 5}
EVERY = {"quick": 200, "usual": 24, "full": 6}
SECONDS = 0.5  # the time limit of Z3 for one problem
DECIDED = (0, 1, 2)


def measure(build, size):
    solver = library.Solver(build)
    alone = library.Solver(build, no_native=True, seconds=SECONDS)
    pairs, verdicts = [], {}

    def ask_alone():
        verdicts[line] = alone.suggest(line)

    for line, problem in list(harness.problems())[:: EVERY[size]]:
        ours, theirs = harness.alternate(
            RUNS[size], lambda: solver.suggest(line), ask_alone
        )
        pairs.append((ours * 1e6, theirs * 1e6, problem["name"]))
    rows = list(harness.spread("suggest / Z3 alone", "us", pairs))
    undecided = sum(verdict not in DECIDED for verdict in verdicts.values())
    return rows, [f"Z3 alone leaves {undecided} of {len(pairs)} problems undecided "
        f"(at most {SECONDS} s each)"]


if __name__ == "__main__":
    harness.main(measure)
