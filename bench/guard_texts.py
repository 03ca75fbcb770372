"""Guards for measuring how fast guards are evaluated.

usage: guard_texts.py GUARDS

Prints one JSON object:
    {"symbols": ["s0", ..], "sizes": [..], "guards": ["s0 <= 512", ..]}
Ten symbols, guards of five kinds in turn (range, remainder, floor division,
product, maximum), in a spelling that Python, C with int64_t and truncating
division (all values are at least 0) and dimsat read alike except for `//`, `max`
and `and`.  `sizes` satisfies all of them, so that no
evaluator may stop early.  The number of guards alone decides the texts.
"""

import json
import sys

SIZES = (12, 16, 24, 48, 60, 64, 96, 120, 128, 240)
SYMBOLS = tuple(f"s{k}" for k in range(len(SIZES)))


def in_range(k, a, b):
    return f"{2 + k // 5 % 7} <= {SYMBOLS[a]} and {SYMBOLS[a]} <= {4096 + k}"


def remainder(k, a, b):
    divisor = 3 + k // 5 % 14
    return f"({SYMBOLS[a]} + {k}) % {divisor} == {(SIZES[a] + k) % divisor}"


def floor_division(k, a, b):
    divisor = 2 + k // 5 % 9
    return f"({SYMBOLS[a]} + {k}) // {divisor} <= {SYMBOLS[b]} + {100 + k}"


def product(k, a, b):
    return f"{SYMBOLS[a]}*{SYMBOLS[b]} <= {100000 + k}"


def maximum(k, a, b):
    return f"max({SYMBOLS[a]}, {SYMBOLS[b]}) < {1000 + k}"


KINDS = (in_range, remainder, floor_division, product, maximum)


def texts(guards):
    """The guards, with changing pairs of symbols and divisors."""
    count = len(SYMBOLS)
    return [
        KINDS[k % len(KINDS)](k, (k + k // 5) % count, (k + k // 7 + 3) % count)
        for k in range(guards)
    ]


def satisfied(guards):
    """Whether the sizes satisfy all the guards."""
    sizes = dict(zip(SYMBOLS, SIZES))
    return all(eval(text, {"max": max}, sizes) for text in guards)


def main():
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit("usage: guard_texts.py GUARDS")
    guards = texts(int(sys.argv[1]))
    assert satisfied(guards)
    print(json.dumps({"symbols": SYMBOLS, "sizes": SIZES, "guards": guards}))


if __name__ == "__main__":
    main()
