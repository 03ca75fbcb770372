"""Emitted C: compiles without a warning, and accepts the sizes that eval accepts.

Random guards and all problems of tests/data are compiled into C, many functions
a file, with every C compiler there is and with its sanitizer for undefined
behaviour; then each function and `dimsat eval` judge the same sizes.

usage: test_compile.py COMMAND [TEST...]
"""

import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

COMMAND = None
DATA = pathlib.Path(__file__).resolve().parents[1] / "data/problems.jsonl"
COMPILERS = [c for c in ("gcc", "clang") if shutil.which(c)]
FLAGS = "-std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wmissing-prototypes"
FLAGS = [*FLAGS.split(), "-Werror", "-O0"]
SANITIZE = ["-fsanitize=undefined", "-fno-sanitize-recover=all"]
WORD = 2**63
EDGES = [-WORD, WORD - 1, -1, 0, 1, 2, 2**31 - 1, 2**31, 2**53, 2**62]
SEED = int(os.environ.get("DIMSAT_TEST_SEED", "1"))
RANDOM_PROBLEMS = 120
POINTS = 40
FILE_PROBLEMS = 100  # functions of one C file


def run(*arguments, code=0, **more):
    done = subprocess.run(
        [*map(str, arguments)], capture_output=True, text=True, timeout=300, **more
    )
    if code is not None and done.returncode != code:
        raise AssertionError(
            f"{arguments}: exit {done.returncode}\n{done.stdout[:2000]}{done.stderr[:4000]}"
        )
    return done


# ---- Random problems -------------------------------------------------------

AXES = ["x[0]", "x[1]", "x[2]", "y[0]", "y[1]", "y[2]"]
SPECS = [  # text, and what the sizes are called
    ("dim a\ndim b = 2..\ninput x: [a, b, auto]\ninput y: [a, b, auto]\n", AXES),
    ("dim a = 1..64\ndim b = 2*a + 1\ninput x: [a, b, 3]\ninput y: [b, auto, auto]\n", AXES),
    ("dim a = 0..40\ninput x: [3*a + 2, auto, 2*a]\ninput y: [auto, auto, auto]\n", AXES),
    ("input x: [auto, auto, auto]\ninput y: [auto, auto, auto]\n", AXES),
    ("dim a\ndim b = 3..\ndim c = 2*a - 3\ndim d\ndim e = 0..9\nunbacked u0\n",
     ["a", "b", "c", "d", "e", "u0"]),
]
FORMS = [
    "math.ceil(IntTrueDiv({a}, 3)) <= {b} + {k}",
    "FloorToInt(IntTrueDiv({a}, {b} + 1)) != {k}",
    "TruncToInt(ToFloat({a}) * 0.5) <= {b} or {a} > {k}",
    "({a} & 12) != ({b} | {k})",
    "({a} ^ 5) >= {b} - 9",
    "Max({a}, {k})**3 > {b}",
    "math.sqrt({a}) == 3 or {b} > {k}",
    "{a}*{b} < 9223372036854775808",
    "{a} < 18446744073709551616 + {b}",
    "2*{a} + 9223372036854775807 > {b}",
    "Mod({a}, 4611686018427387904) != {b} + 1",
    "({a}*{b}*{a}) // (3 - {b}) <= ({b} // 3) % ({a} - {k}) + 5",
    "{a} % 12 != {k} and {b} >= {k} - 9",
    "({a} - {b}) % 7 != {k} and ({a} - {b}) // 5 <= {b}",
    "{a}*{a} - 2*{a}*{b} + {b}*{b} >= 0",
    "({a} if {b} > {k} else {a}*{b}) != 77",
    "not ({a} == {b} and {a} == {k} + 3)",
    "Min({a}*{b}, 100) % {k} != 99",
    "{a} + {k} <= {b}*{b} + 30",
    "({a}*{b} == {k}) == (math.sqrt({b}) == {k}) or {a} > {b}",
    "{b} % int(math.sqrt({a})) == {k} or {a} < {b}",
    "({a}*{a} < {k} or math.sqrt({b}) > {k}) and {a} != {k} + 1",
    "({a}*{b} if math.sqrt({b}) > 2 else {b}) != {k}",
    "not is_non_overlapping_and_dense({a}, int(math.sqrt({b}))) or {a}*{b} > {k}",
    "math.sqrt(math.sqrt({a})) == 1 or {b}*{a} != {k}",
    "{a} * 2**200 + {b} != 3**150",
    "True or {a}*{a} // ({b} - {k}) == 1",
    "False and {a}*{b} // ({b} - {k}) == 1 or {a} != {k}",
    "{a}*{b}*{a} == {k} and {a}*{b}*{a} == {k} + 2",
    "max(math.sqrt({a}), {b}) % {k} == 0 or {b} > {k}",
]


def random_problem(r):
    """A text, and what its sizes are called."""
    spec, names = r.choice(SPECS)
    guards = []
    for _ in range(r.randint(1, 4)):
        a, b = r.choice(names), r.choice(names)
        guards.append("guard " + r.choice(FORMS).format(a=a, b=b, k=r.randint(0, 12)))
    return spec + "\n".join(guards) + "\n", names


def random_size(r):
    dice = r.random()
    if dice < 0.6:
        return r.randint(0, 9)
    if dice < 0.75:
        return r.randint(0, 200)
    if dice < 0.85:
        return r.choice(EDGES)
    return min(2 ** r.randint(20, 63) + r.randint(-2, 2), WORD - 1)


def random_point(r, spec):
    """Sizes of one assignment; mostly such that the promises hold."""
    p = [random_size(r) for _ in AXES]
    if r.random() < 0.1:
        return p
    if "input x: [a, b, auto]" in spec:
        p[3], p[4] = p[0], p[1]
    if "dim b = 2*a + 1" in spec:
        p[0] %= 70
        p[1] = p[3] = 2 * p[0] + 1
        p[2] = 3
    if "3*a + 2" in spec:
        a = p[0] % 50
        p[0], p[2] = 3 * a + 2, 2 * a
    if "dim c = 2*a - 3" in spec:
        p[0] %= 2**61
        p[2] = 2 * p[0] - 3
    return p


# ---- Both judges -----------------------------------------------------------


class Case:
    """One problem: its file, the C of it, and the assignments to try."""

    def __init__(self, folder, number, text, suffix, points, keys):
        self.name = f"case{number}"
        self.path = folder / f"{self.name}{suffix}"
        self.path.write_text(text)
        self.points = points
        self.keys = keys  # of a line of eval, for one assignment
        self.c = run(
            COMMAND, "compile", self.path, "--emit", "c", "--name", self.name, "--no-z3"
        ).stdout

    def accepted_by_eval(self):
        lines = "".join(json.dumps(self.keys(p)) + "\n" for p in self.points)
        done = run(COMMAND, "eval", self.path, input=lines, code=None)
        assert done.returncode in (0, 1), done.stderr
        refused = {int(n) for n in re.findall(r"^line (\d+):", done.stdout, re.M)}
        return [i + 1 not in refused for i in range(len(self.points))]


def driver(cases):
    """A program that reads "case sizes..." lines and prints 1 or 0 each."""
    most = max(len(p) for c in cases for p in c.points) + 1
    table = ", ".join(c.name for c in cases)
    return f"""
#include <inttypes.h>
#include <stdio.h>
static bool (*const table[])(const int64_t *) = {{{table}}};
int main(void) {{
  int which, count;
  int64_t sizes[{most}];
  while (scanf("%d %d", &which, &count) == 2) {{
    for (int i = 0; i < count; i++)
      if (scanf("%" SCNd64, &sizes[i]) != 1)
        return 1;
    puts(table[which](sizes) ? "1" : "0");
  }}
  return 0;
}}
"""


def accepted_by_c(folder, compiler, cases):
    source = folder / "cases.c"
    source.write_text("".join(c.c for c in cases) + driver(cases))
    program = folder / "cases"
    run(compiler, *FLAGS, *SANITIZE, source, "-o", program)
    text = "".join(
        f"{i} {len(p)} {' '.join(map(str, p))}\n"
        for i, c in enumerate(cases)
        for p in c.points
    )
    words = iter(run(program, input=text).stdout.split())
    return [[next(words) == "1" for _ in c.points] for c in cases]


class CompileTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def compare(self, cases, share=1):
        """Judges all cases; every `share`-th with the second compiler too."""
        accepts = 0
        for start in range(0, len(cases), FILE_PROBLEMS):
            part = cases[start : start + FILE_PROBLEMS]
            want = [c.accepted_by_eval() for c in part]
            for compiler, step in zip(COMPILERS, (1, share)):
                got = accepted_by_c(self.folder, compiler, part[::step])
                for c, w, g in zip(part[::step], want[::step], got):
                    for p, a, b in zip(c.points, w, g):
                        self.assertEqual(
                            a, b, f"{compiler}: {c.path.read_text()}\nat {p}"
                        )
            accepts += sum(map(sum, want))
        return accepts

    def test_random_guards(self):
        r = random.Random(SEED)
        cases = []
        for number in range(RANDOM_PROBLEMS):
            text, names = random_problem(r)
            points = [random_point(r, text) for _ in range(POINTS)]
            cases.append(
                Case(
                    self.folder, number, text, ".dims", points,
                    lambda p, names=names: dict(zip(names, p)),
                )
            )
        self.assertGreater(self.compare(cases), RANDOM_PROBLEMS * POINTS // 20)

    def test_many_parts(self):
        """Guards beyond one function.  What the first part learns of x[0] where
        the float is known does not hold in the second where it is not."""
        r = random.Random(SEED)
        guards = ["guard ToFloat(x[1]) == x[0]"]
        for n in range(200):
            guards.append(f"guard (5*x[0] + {n}) % {97 + n} != {n % 90}")
        text = "input x: [auto, auto]\n" + "\n".join(guards) + "\n"
        points = [[random_size(r), 2**53 + r.randint(-1, 9)] for _ in range(400)]
        case = Case(
            self.folder, 0, text, ".dims", points, lambda p: dict(zip(AXES, p))
        )
        self.assertIn("wide_part2", case.c)
        self.assertGreater(self.compare([case]), 40)

    def test_all_problems(self):
        r = random.Random(SEED)
        cases = []
        for number, line in enumerate(DATA.read_text().splitlines()):
            problem = json.loads(line)
            inputs = problem.get("inputs") or []
            hints = [h for i in inputs for h in i["hint"]]
            if not hints or None in hints:
                continue
            points = [hints]
            for _ in range(6):
                old = r.choice(hints)
                new = r.choice([old + 1, old - 1, 2 * old, random_size(r)])
                points.append([new if h == old else h for h in hints])
                points.append([*hints])
                points[-1][r.randrange(len(hints))] = new

            def keys(p, inputs=inputs):
                rest = iter(p)
                return {i["name"]: [next(rest) for _ in i["hint"]] for i in inputs}

            cases.append(Case(self.folder, number, line, ".json", points, keys))
        self.assertGreater(len(cases), 700)
        self.assertGreater(self.compare(cases, 5), len(cases) // 2)


if __name__ == "__main__":
    COMMAND = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
