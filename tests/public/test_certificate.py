"""suggest --certificate: what it claims is found true by other solvers.

cvc5 and z3 are asked where they are installed; which ones is printed.

usage: test_certificate.py COMMAND [TEST...]
"""

import collections
import importlib.util
import json
import pathlib
import re
import shutil
import subprocess
import sys

from command_test import AGREES, GOOD, CommandTest, main

PROBLEMS = pathlib.Path(__file__).resolve().parents[1] / "data/problems.jsonl"
EVERY = 67  # of the problems are asked
SECONDS = "3"  # a query may take; what is not linear may take longer

Z3_LIBRARY = """\
import sys, z3
solver = z3.Solver()
solver.from_file(sys.argv[1])
print(solver.check())
"""


def find_solvers():
    """Name -> the words of its command."""
    found = {}
    if shutil.which("cvc5"):
        found["cvc5"] = ["cvc5"]
    if shutil.which("z3"):
        found["z3"] = ["z3"]
    elif importlib.util.find_spec("z3"):
        found["z3"] = [sys.executable, "-c", Z3_LIBRARY]
    return found


SOLVERS = find_solvers()

FREE = """\
dim a = 2..
input x: [a, auto, auto(2..)] = [8, 16, 9]
guard x[1] == 2*x[0]
guard x[2] >= x[0] + 1
guard x[2] <= x[1]
guard x[0] % 2 == 0          # at it's "here" <<'END' $(false) `false`
"""


class Certificate(CommandTest):
    def certificate(self, text, code, *options):
        """The text of the problem's certificate."""
        self.write("p.dims", text)
        self.assert_exit(code, "suggest", *options, "--certificate", "c.sh", "p.dims")
        return (self.folder / "c.sh").read_text()

    def ask(self, text, solver):
        """Runs a certificate: exit code, and what is said of each query."""
        self.write("c.sh", text)
        done = subprocess.run(
            ["sh", "c.sh", "timeout", SECONDS, *SOLVERS[solver]],
            cwd=self.folder,
            capture_output=True,
            timeout=900,
        )
        self.assertEqual(done.stderr, b"")
        return done.returncode, done.stdout.decode().splitlines()

    def assert_agreed(self, text):
        """Every solver agrees with every claim of the certificate."""
        for solver in SOLVERS:
            code, lines = self.ask(text, solver)
            self.assertEqual(code, 0, "\n".join(lines))
            self.assertEqual(len(lines) - 2, text.count('\nanswer "$@"'))


class Claims(Certificate):
    def test_repair(self):
        text = self.certificate(GOOD, 1)
        for line in [
            "#   seq = 2..",
            "#   seq = 4*_seq",
            "#   guard 0: x[0] % 4 == 0    model.py:12 in forward",
            "#   with the numbers put in: 9 % 4 == 0",
            "# == Maximal: sizes that each wider spec would allow ==",
        ]:
            self.assertIn(line + "\n", text)
        self.assertNotIn("NOT CERTIFIED:", text)
        self.assert_agreed(text)

    def test_free_axes(self):
        """Axes that may be anything get a size, so no query has a quantifier."""
        text = self.certificate(FREE, 1)
        self.assertIn("(define-fun |x[1]| () Int (* 2 |a|))", text)
        self.assertNotIn("forall", text)
        self.assert_agreed(text)

    def test_ok(self):
        text = self.certificate(AGREES, 0)
        self.assertIn("every size that the spec allows satisfies every guard", text)
        self.assert_agreed(text)

    def test_pair(self):
        text = self.certificate(
            "dim a\ndim b\ninput x: [a, b] = [8, 24]\nguard x[0] + x[1] == 32\n", 1
        )
        self.assertIn("a and b cannot move together by 1, 2, 3, 4, 6, 8 or 16", text)
        self.assert_agreed(text)

    def test_burned_and_shared(self):
        self.assert_agreed(
            self.certificate(
                "dim a\ndim b\ninput x: [a, b, a] = [8, 9, 8] traced [s0, 9, s0]\n"
                "input y: [b] = [9] traced [s1]\n",
                1,
            )
        )

    def test_names_that_clash(self):
        """A tracer's symbol that is called like a dim of another meaning."""
        self.assert_agreed(
            self.certificate(
                "dim a\ndim b\ninput x: [a, b] = [8, 12] traced [b, a]\n"
                "guard a % 4 == 0\n",
                1,
            )
        )

    def test_example(self):
        text = self.certificate("dim a = 2..9\ninput x: [2*a] = [9]\n", 1)
        self.assertIn("the example is not within the spec", text)
        self.assert_agreed(text)

    def test_dynamic(self):
        text = self.certificate(
            "input x: [dynamic, auto] = [8, 4]\n"
            "guard x[0] == 2*x[1]\nguard x[1] == 4\n",
            1,
        )
        self.assertIn("x[0] is DYNAMIC, but no other size than 8", text)
        self.assert_agreed(text)

    def test_quantifier(self):
        """Where no size of an axis is known in closed form."""
        text = self.certificate(
            "dim a = 2..40\ninput x: [a, auto(2..)] = [8, 8]\n"
            "guard x[1] % 3 == x[0] % 3\nguard x[1] % 50 == 8\n",
            0,
        )
        self.assertIn("(forall ((|x[1]| Int))", text)
        self.assert_agreed(text)

    def test_contradictory(self):
        text = self.certificate(
            "dim a = 2..\ninput x: [a] = [8]\nguard x[0] == 3\nguard x[0] == 4\n", 1
        )
        self.assertIn("no sizes satisfy every guard", text)
        self.assert_agreed(text)

    def test_undecided(self):
        text = self.certificate(
            "dim a\ndim b\ninput x: [a, b] = [4, 4]\n"
            "guard torch.sym_sqrt(x[0]) <= 1 + torch.sym_sqrt(x[1])\n"
            "guard x[0] >= 0\n",
            3,
        )
        self.assertIn("NOT CERTIFIED: nobody decided guard 0", text)
        self.assert_agreed(text)

    def test_out_of_budget(self):
        """What nobody has the steps or the time to ask is not certified."""
        hard = (
            "dim a = 2..\ndim b = 2..\ninput x: [a, b] = [7, 9]\n"
            "guard x[0]**3 - 2*x[1]**3 != 1\n"
        )
        for limit in (("--budget", "1"), ("--budget", "2000"), ("--timeout", "0.01")):
            with self.subTest(limit):
                text = self.certificate(hard, 3, *limit)
                self.assertIn("NOT CERTIFIED: ", text)
                self.assert_agreed(text)

    def test_nothing_to_say(self):
        self.assert_agreed(self.certificate("dim a\n", 0))


class Changed(Certificate):
    def assert_refused(self, text, old, new):
        self.assertIn(old, text)
        for solver in SOLVERS:
            code, lines = self.ask(text.replace(old, new), solver)
            self.assertEqual(code, 1, "\n".join(lines))
            self.assertTrue(any(line.startswith("WRONG") for line in lines))

    def test_changes(self):
        text = self.certificate(GOOD, 1)
        for old, new in [
            ("(mod |x[0]| 4)", "(mod |x[0]| 3)"),
            ("(* 4 |_seq|)", "(* 2 |_seq|)"),
            ("(assert (= |seq| 9))", "(assert (= |seq| 1))"),
            ("(define-fun |seq| () Int 9)", "(define-fun |seq| () Int 8)"),
            ("(assert (= |seq| 8))", "(assert (= |seq| 9))"),
        ]:
            with self.subTest(old=old):
                self.assert_refused(text, old, new)


class Usage(Certificate):
    def test_one_problem(self):
        self.write("a.dims", GOOD)
        self.write("b.jsonl", '{"dims": []}\n{"dims": []}\n')
        for files in (["a.dims", "a.dims"], ["b.jsonl"]):
            done = self.assert_exit(2, "suggest", "--certificate", "c.sh", *files)
            self.assertIn("--certificate takes one problem", done.err)

    def test_file(self):
        self.write("a.dims", GOOD)
        done = self.assert_exit(2, "suggest", "--certificate", "-", "a.dims")
        self.assertIn("takes the name of a file", done.err)
        done = self.assert_exit(2, "suggest", "--certificate", "no/c.sh", "a.dims")
        self.assertIn("no/c.sh: cannot be written", done.err)

    def test_no_solver(self):
        text = self.certificate(GOOD, 1)
        self.write("c.sh", text)
        for arguments, says in [([], "usage:"), (["no-solver"], "no such command")]:
            done = subprocess.run(
                ["sh", "c.sh", *arguments], cwd=self.folder, capture_output=True
            )
            self.assertEqual(done.returncode, 2)
            self.assertIn(says, done.stderr.decode())

    def test_no_answer(self):
        """A solver that knows nothing leaves everything open."""
        self.write("c.sh", self.certificate(GOOD, 1))
        done = subprocess.run(
            ["sh", "c.sh", "true"], cwd=self.folder, capture_output=True
        )
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"0 as expected, 0 otherwise", done.stdout)


class Public(Certificate):
    def test_problems(self):
        """No claim about a public problem is wrong, and few are too hard."""
        counts = collections.Counter()
        for line in PROBLEMS.read_text().splitlines()[::EVERY]:
            self.write("p.jsonl", line)
            self.run_command("suggest", "--certificate", "c.sh", "p.jsonl")
            text = (self.folder / "c.sh").read_text()
            for solver in SOLVERS:
                for said in self.ask(text, solver)[1]:
                    verdict = re.match(r"ok|WRONG|open", said)
                    if verdict:
                        counts[solver, verdict[0]] += 1
                    self.assertFalse(said.startswith("WRONG"),
                                     (json.loads(line)["name"], solver, said))
        print(f"certificates: {dict(counts)}", file=sys.stderr)
        for solver in SOLVERS:
            asked = counts[solver, "ok"] + counts[solver, "open"]
            self.assertLessEqual(counts[solver, "open"] * 10, asked)


if __name__ == "__main__":
    print(f"solvers: {', '.join(SOLVERS) or 'none; no claim is asked'}",
          file=sys.stderr)
    main()
