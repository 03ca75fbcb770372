"""Problems of any size: families of guards as tracers of models yield them.

usage: families.py FAMILY GUARDS [--format json|dims]
       families.py --list

A family and a number of guards determine the problem.  Every dim is promised
from 0 on without an end and carried by one axis of an input of its own; the
sizes of the example satisfy all guards, and the guards refuse some of what was
promised.  The shape (one symbol an axis, `min` 2, a place a guard) is that of an
export of PyTorch.
"""

import argparse
import json
import sys

FAMILIES = {}


class Tracer:
    """A problem that grows: axes first, then the guards over their symbols."""

    def __init__(self, name):
        self.dims, self.inputs, self.symbols, self.guards = [], [], [], []
        self.name = name

    def axis(self, size, before=()):
        """A new input with one dynamic axis of this size, behind constant ones.
        Returns the axis's symbol."""
        k = len(self.dims)
        source = f"L['xs'][{k}]"
        dim, symbol = f"d{k}", f"s{k}"
        self.dims.append({"name": dim})
        self.inputs.append(
            {
                "name": f"x{k}",
                "source": source,
                "shape": [*before, dim],
                "hint": [*before, size],
                "traced": [*before, symbol],
            }
        )
        self.symbols.append(
            {
                "name": symbol,
                "source": f"{source}.size()[{len(before)}]",
                "hint": size,
                "min": 2,
            }
        )
        return symbol

    def guard(self, expression):
        line = 10 + len(self.guards) % 400
        at = f"model.py:{line} in forward"
        self.guards.append({"expr": expression, "at": at})

    def problem(self, guards):
        """The problem with the first `guards` guards."""
        return {
            "dimsat": 1,
            "name": self.name,
            "dims": self.dims,
            "inputs": self.inputs,
            "symbols": self.symbols,
            "guards": self.guards[:guards],
        }


def family(grow):
    """Registers a family under the function's name."""
    FAMILIES[grow.__name__] = grow
    return grow


def groups(guards, size):
    """How many groups of `size` guards hold so many guards."""
    return range(-(-guards // size))


@family
def eqchain(t, guards):
    """One size under many names: residual additions of all inputs."""
    last = t.axis(5)
    for _ in range(guards):
        new = t.axis(5)
        t.guard(f"Eq({last}, {new})")
        last = new


@family
def eqpairs(t, guards):
    """Inputs that are equal two by two."""
    for k in range(guards):
        size = 4 + k % 9
        t.guard(f"Eq({t.axis(size)}, {t.axis(size)})")


@family
def convstack(t, guards):
    """Stacks of six strided convolutions."""
    for _ in groups(guards, 6):
        s = t.axis(4096, before=(1, 2))
        for depth in range(1, 7):
            t.guard(f"Ne((({s} - 1)//{2**depth}) + 1, 1)")


@family
def convs(t, guards):
    """One strided convolution a dim."""
    for k in range(guards):
        s = t.axis(33 + k % 7, before=(1, 2))
        t.guard(f"Ne(((({s} - 1)//2)) + 1, 1)")


@family
def mods(t, guards):
    """Three reshapes of each dim."""
    for _ in groups(guards, 3):
        s = t.axis(24)
        for divisor in (2, 3, 4):
            t.guard(f"Eq(Mod({s}, {divisor}), 0)")


@family
def onesym_bounds(t, guards):
    """One dim, compared with one table after the other."""
    s = t.axis(12)
    for k in range(guards):
        t.guard(f"{s} <= {100000 + 7 * (guards - k)}")


@family
def onesym_ne(t, guards):
    """One dim that took the other branch of many conditions."""
    s = t.axis(12)
    for k in range(guards):
        t.guard(f"Ne({s}, {100 + 3 * k})")


@family
def slices(t, guards):
    """One dim, sliced from every start on."""
    s = t.axis(guards + 40)
    for k in range(guards):
        t.guard(f"{s} - {k + 1} >= 2")


@family
def twosym(t, guards):
    """Many bounds of two dims together."""
    a, b = t.axis(12), t.axis(12)
    for k in range(guards):
        t.guard(f"{2 + k}*{a} + 3*{b} <= {100000 + 20 * guards + k}")


@family
def plusone(t, guards):
    """A dim that is one more than another: a label shifted by one."""
    for k in groups(guards, 2):
        a, b = t.axis(5 + k % 6), t.axis(6 + k % 6)
        t.guard(f"{b} - 1 >= 2")
        t.guard(f"Eq({a}, {b} - 1)")


@family
def twice(t, guards):
    """A dim that is twice another: an upsampled copy."""
    for k in range(guards):
        size = 5 + k % 6
        t.guard(f"Eq(2*{t.axis(size)}, {t.axis(2 * size)})")


@family
def products(t, guards):
    """Pairs of dims whose product is limited: attention within a memory."""
    for k in range(guards):
        t.guard(f"{t.axis(8)}*{t.axis(8)} <= {4096 + k % 100}")


@family
def sums(t, guards):
    """Concatenations, four in a row, each with the length so far."""
    for _ in groups(guards, 4):
        length, size = t.axis(4), 4
        for _ in range(4):
            part, size = t.axis(3), size + 3
            total = t.axis(size)
            t.guard(f"Eq({length} + {part}, {total})")
            length = total


@family
def ranges(t, guards):
    """A range for each dim."""
    for k in groups(guards, 2):
        s = t.axis(12)
        t.guard(f"{s} >= 4")
        t.guard(f"{s} <= {64 + k}")


@family
def mixed(t, guards):
    """A bit of everything: ten guards over nine dims, again and again."""
    for _ in groups(guards, 10):
        t.guard(f"Eq({t.axis(6)}, {t.axis(6)})")
        shorter, longer = t.axis(6), t.axis(7)
        t.guard(f"{longer} - 1 >= 2")
        t.guard(f"Eq({shorter}, {longer} - 1)")
        t.guard(f"Eq(2*{t.axis(6)}, {t.axis(12)})")
        whole, half = t.axis(8), t.axis(4)
        t.guard(f"Eq(Mod({whole}, 2), 0)")
        t.guard(f"Ne(({whole}//2), 1)")
        t.guard(f"Eq(({whole}//2), {half})")
        s = t.axis(9)
        t.guard(f"{s} <= 64")
        t.guard(f"{s} > 3")
        t.guard(f"Eq(Mod({s}, 3), 0)")


def problem(name, guards):
    """The problem of a family, as the object that JSON holds."""
    t = Tracer(f"{name}_{guards}")
    FAMILIES[name](t, guards)
    return t.problem(guards)


def as_json(p):
    """The problem as one line of JSON."""
    return json.dumps(p, separators=(",", ":")) + "\n"


def as_dims(p):
    """The problem as .dims text."""
    lines = [f"name {p['name']}"]
    lines += [f"dim {d['name']}" for d in p["dims"]]
    for i in p["inputs"]:
        shape, hint, traced = (
            ", ".join(map(str, i[key])) for key in ("shape", "hint", "traced")
        )
        lines.append(
            f"input {i['name']} from {i['source']}: "
            f"[{shape}] = [{hint}] traced [{traced}]"
        )
    for s in p["symbols"]:
        lines.append(
            f"symbol {s['name']} = {s['source']} hint {s['hint']} "
            f"in {s['min']}.."
        )
    lines += [f"guard {g['expr']}  # at {g['at']}" for g in p["guards"]]
    return "\n".join(lines) + "\n"


FORMATS = {"json": as_json, "dims": as_dims}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("family", nargs="?", choices=sorted(FAMILIES))
    parser.add_argument("guards", nargs="?", type=int)
    parser.add_argument("--format", choices=FORMATS, default="json")
    parser.add_argument("--list", action="store_true", help="name the families")
    options = parser.parse_args()
    if options.list:
        print("\n".join(FAMILIES))
        return
    if options.guards is None or options.guards < 1:
        parser.error("name a family and a number of guards, at least 1")
    p = problem(options.family, options.guards)
    sys.stdout.write(FORMATS[options.format](p))


if __name__ == "__main__":
    main()
