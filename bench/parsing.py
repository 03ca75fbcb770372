"""Reading guard texts into unique nodes: speed and memory.

Speed is taken over different guards of the public problems, joined by `and`
into longer texts, so that calls from Python cost little beside the reading.
sympy and Python's own parser get the guards one by one.
"""

import ast
import resource
import subprocess
import sys

import harness
import library

RUNS = {"quick": 1, "usual": 11, "full": 21}
GUARDS = {"quick": 20, "usual": 200, "full": 2000}
NODES = {"quick": 10_000, "usual": 1_000_000, "full": 4_000_000}
JOINED = 100  # guards in one text


def different_guards(most):
    """Guards of the public problems, each once."""
    texts = dict.fromkeys(
        g["expr"] for _, p in harness.problems() for g in p["guards"]
    )
    return list(texts)[:: max(1, len(texts) // most)][:most]


def joined(texts):
    """The guards in longer texts."""
    for start in range(0, len(texts), JOINED):
        yield " and ".join(f"({t})" for t in texts[start : start + JOINED]).encode()


def parse_all(lib, texts, visit=None):
    """Parses the texts in one new context; `visit` sees each expression."""
    context = lib.context_new()
    for text in texts:
        e = lib.parse(context, text, len(text))
        if visit:
            visit(context, e)
    lib.context_free(context)


def speed_rows(build, size):
    lib = library.load(build)
    guards = different_guards(GUARDS[size])
    pages = list(joined(guards))
    counts = []
    parse_all(lib, pages, lambda c, e: counts.append(lib.node_count(c, e)))
    peers = {"Python's ast.parse": lambda: [ast.parse(g, mode="eval") for g in guards]}
    notes = []
    try:
        import sympy

        peers["sympy.sympify"] = lambda: [sympy.sympify(g) for g in guards]
    except ImportError:
        notes.append("sympy is not installed for this Python: row left out")
    ours, *theirs = harness.alternate(
        RUNS[size], lambda: parse_all(lib, pages), *peers.values()
    )
    notes.append(
        f"parsing: {sum(map(len, pages)) / ours / 1e6:.1f} MB/s, "
        f"{ours / sum(counts) * 1e9:.0f} ns a node"
    )
    scale = 1e6 / len(guards)
    rows = [
        harness.row(f"parse / {name}", "us a guard", ours * scale, time * scale, least)
        for name, time, least in zip(peers, theirs, (None, 1000))
    ]
    return rows, notes


def resident():
    """The memory of this process in bytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def bytes_a_node(build, nodes):
    """What one unique node costs, all told: growth of the process over texts of
    which every name, number, sum and comparison is new."""
    lib = library.load(build)
    context = lib.context_new()
    made = k = 0
    before = resident()
    while made < nodes:
        numbers = range(k, k + 1000)
        text = " and ".join(f"a{n}*b{n} + {n}*c{n} <= {7 * n}" for n in numbers)
        e = lib.parse(context, text.encode(), len(text))
        made += lib.node_count(context, e)
        k += 1000
    cost = (resident() - before) / made
    lib.context_free(context)
    return cost


def measure(build, size):
    rows, notes = speed_rows(build, size)
    child = [sys.executable, __file__, "--memory", str(build), str(NODES[size])]
    cost = float(subprocess.run(child, capture_output=True, check=True).stdout)
    name = "memory of one node / 200 bytes"
    rows.append(harness.row(name, "bytes", cost, 200.0, at_most=1))
    return rows, notes


if __name__ == "__main__":
    if sys.argv[1] == "--memory":
        print(bytes_a_node(sys.argv[2], int(sys.argv[3])))
    else:
        harness.main(measure)
