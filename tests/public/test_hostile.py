"""Problems made to be too hard: they end, soon, the same way, in bounded memory.

Each is decided or `undecided` within the default budget; a run repeated gives
the same bytes, steps included; `--timeout` ends every command within 100 ms of
the time it gives.

usage: test_hostile.py COMMAND
"""

import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import unittest

COMMAND = [None]

PRIME = 2**61 - 1
SECONDS = 120  # of one run without --timeout; a hang, not a bound on speed
MEMORY = 1600  # MiB of one run
LATE = 0.1  # seconds that a command may take after its time is over
TRIES = 6  # a busy machine may be late by itself

ENDED = {0, 1, 3}  # agrees, violated, undecided


def chain(joint, make, count):
    return joint.join(make(i) for i in range(count))


def over(dims, example, *guards):
    """A problem over these dims, from 2 on, and AUTO axes for `_`."""
    lines = [f"dim {d} = 2.." for d in dims if d != "_"]
    axes = ", ".join("auto" if d == "_" else d for d in dims)
    sizes = ", ".join(map(str, example))
    lines.append(f"input x: [{axes}] = [{sizes}]")
    lines += [f"guard {g}" for g in guards]
    return "\n".join(lines) + "\n"


MANY = [f"d{i}" for i in range(40)]

PROBLEMS = {
    "huge modulus": over("a", [7], f"(a*a) % {PRIME} != {PRIME - 1}"),
    "huge moduli": over(
        "ab",
        [7, 9],
        f"(a*a*b + 3) % {PRIME} != 5",
        f"(a*b) % {2**89 - 1} != 1",
        f"(a**3) % {PRIME} != 8",
    ),
    "moduli without a common factor": over(
        "a", [7], f"a % {PRIME} + a % {2**61 - 3} + a % {2**59 - 55} != 12345"
    ),
    "product of eight": over(
        "abcdefgh",
        range(2, 10),
        "*".join("abcdefgh") + " != 1000036000099",
        "*".join("abcdefgh") + " % 97 != 5",
    ),
    "product of forty": over(
        MANY,
        [5] * 40,
        "*".join(MANY) + " != 7",
        chain(" + ", lambda i: f"d{i}*d{(i + 1) % 40}", 40) + " % 13 != 5",
    ),
    "thousand alternatives": over(
        "a", [8], chain(" or ", lambda i: f"a % {i + 2} == {i}", 1000)
    ),
    "two thousand sizes": over(
        "a", [8], "a == 8 or " + chain(" or ", lambda i: f"a == {i * i + 4}", 2000)
    ),
    "sum of cubes": over("abc", [7, 9, 11], "a**3 + b**3 != c**3"),
    "Pell's equation": over("ab", [7, 9], "a*a - 61*b*b != 1"),
    "Thue's equation": over("ab", [7, 9], "a**3 - 2*b**3 != 1"),
    "powers": over("ab", [7, 9], "a**a != b**b + 1", "2**a != b**3 + 7"),
    "bits": over("ab", [7, 9], "(a << b) != 4095", "(a ^ b) != 77777"),
    "free axes": over(
        "ab__",
        [7, 9, 3, 4],
        "x[2]*x[3] == a*b - 51",
        "x[2]**2 + x[3]**2 >= a",
        "x[2] % 7 != x[3] % 11",
    ),
    "one free axis": over("a_", [7, 6], "(x[1]*(2*x[1]))//2 >= 3*a"),
    "nested remainders": over(
        "ab",
        [7, 9],
        "(" * 25
        + "a*b"
        + "".join(f" + b)%{10**6 + 3 + 2 * i}" for i in range(25))
        + " != 12",
    ),
    "a square among remainders": over("cd", [7, 6], "(c - 1) % 5 > -1", "d*d != c"),
    "large polynomial": over("abc", [7, 9, 11], "(a+b+c+1)**12 % 1009 != 3"),
    "Motzkin's polynomial": over(
        "abc", [7, 9, 11], "a**4*b**2 + a**2*b**4 + c**6 >= 3*a**2*b**2*c**2"
    ),
    "nested max and min": over(
        "abc",
        [7, 9, 11],
        "Max(" * 30
        + "a"
        + "".join(f", Min(b*{i}+c, a*c//{i + 2}))" for i in range(30))
        + " != 100",
    ),
    "many guards": over(
        [f"d{i}" for i in range(1000)],
        [8] * 1000,
        *(f"d{i} % 4 == d{(i + 7) % 1000} % 4" for i in range(1000)),
    ),
}

# Z3 may not obey on these: its own arithmetic of long numbers takes seconds.
DEAF = over("ab", [7, 9], "a*b*(a+b) != 1000000007", "a*a*b - a*b*b != 999983")

QUERIES = [
    {"assume": ["a >= 2", "b >= 2"], "query": "a**3 - 2*b**3 != 1"},
    {"assume": ["a >= 2", "b >= 2"], "query": "a*b*(a+b) != 1000000007"},
    {"assume": ["a >= 2"], "query": f"(a*a) % {PRIME}"},
    {"assume": ["a >= 2", "b >= 2", "a*a - 61*b*b == 1"], "query": "a"},
]


class HostileTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def path(self, text):
        path = self.folder / "problem.dims"
        path.write_text(text)
        return str(path)

    def run_command(self, *arguments):
        start = time.monotonic()
        done = subprocess.run(
            [COMMAND[0], *arguments], capture_output=True, text=True, timeout=SECONDS
        )
        spent = time.monotonic() - start
        self.assertIn(done.returncode, ENDED, f"{arguments}: {done.stderr[-500:]}")
        return done, spent

    def test_the_same_end_every_time_in_bounded_memory(self):
        for name, text in PROBLEMS.items():
            with self.subTest(name):
                command = ["suggest", "--format", "json", "--stats", self.path(text)]
                ends = []
                for _ in range(2):
                    result = json.loads(self.run_command(*command)[0].stdout)
                    result["stats"].pop("seconds")
                    ends.append(result)
                self.assertEqual(*ends)
        used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        self.assertLess(used, MEMORY)

    def late(self, seconds, *arguments):
        """By how much a command passes the time it was given, at best."""
        late = []
        for _ in range(TRIES):
            _, spent = self.run_command(*arguments, "--timeout", str(seconds))
            late.append(spent - seconds)
            if late[-1] < LATE:
                break
        return min(late)

    def test_timeout(self):
        for name, text in {**PROBLEMS, "deaf": DEAF}.items():
            for seconds in (0.01, 0.2):
                with self.subTest(name, seconds=seconds):
                    late = self.late(seconds, "suggest", self.path(text))
                    self.assertLess(late, LATE)

    def test_timeout_of_a_deaf_question(self):
        path = self.path(DEAF)
        for seconds in (0.6, 1.2, 2.4):
            with self.subTest(seconds=seconds):
                self.assertLess(self.late(seconds, "check", path), LATE)

    def test_timeout_of_ask(self):
        for query in QUERIES:
            for seconds in (0.01, 0.2):
                with self.subTest(query["query"], seconds=seconds):
                    assume = [w for a in query["assume"] for w in ("--assume", a)]
                    late = self.late(seconds, "ask", *assume, query["query"])
                    self.assertLess(late, LATE)

    def test_timeout_of_verify(self):
        for name in ("Thue's equation", "huge moduli", "thousand alternatives"):
            path = self.path(PROBLEMS[name])
            stored = self.folder / "result.json"
            claims = {"dimsat": 1, "verdict": "ok", "violations": [], "fixes": []}
            stored.write_text(json.dumps(claims))
            with self.subTest(name):
                late = self.late(0.05, "verify", path, str(stored))
                self.assertLess(late, LATE)


if __name__ == "__main__":
    COMMAND[0] = sys.argv.pop(1)
    unittest.main()
