"""What the command says: guards as they were written, slips, what to do next.

usage: test_words.py COMMAND [TEST...]
"""

import json
import pathlib

from command_test import GOOD, CommandTest, main, problem

ROOT = pathlib.Path(__file__).resolve().parents[2]
DERIVED = """\
dim n = 2..
dim m = 3*n + 2
input x: [n, m] = [4, 14]
guard %s
"""
TRACED = {
    "dims": [{"name": "s", "min": 2}, {"name": "t", "derived": "3*s + 2"}],
    "inputs": [{"name": "x", "source": "L['x']", "shape": ["s", "t"],
                "hint": [8, 26], "traced": ["s0", "s1"]}],
}


class Guards(CommandTest):
    def check(self, guard, code=1):
        self.write("a.dims", DERIVED % guard)
        return self.assert_exit(code, "check", "a.dims").out

    def test_as_written(self):
        for guard in ["(m+1) % 5 == 0", "x.size()[1] % 4 == 2", "n <7", "m == 3*n",
                      "x[0] <= 4 and m % 2 == 0", "9 > math.floor(n / 2)"]:
            self.assertIn(f"guard 0: {guard}  ", self.check(guard))

    def test_no_inner_names(self):
        for guard, says in [("sqrt(n) > 1", "it depends on sqrt,"),
                            ("n ** 0.5 > 1", "no whole number"),
                            ("math.sin(n) >= 0", "it depends on sin,")]:
            out = self.check(guard, code=3)
            self.assertIn(f"guard 0: {guard}: ", out)
            self.assertIn(says, " ".join(out.split()))
            self.assertIn("more work does not help", out)
            self.assertNotIn("Opaque", out)
            self.assertNotIn("--budget", out)

    def test_symbols_become_dims(self):
        text = problem("Eq(Mod(s1 + 1, 5), 0)", "s0*s1 < 1000", **TRACED)
        self.write("a.json", text)
        out = self.assert_exit(1, "check", "a.json").out
        self.assertIn("guard 0: (t + 1) % 5 == 0  ", out)

    def test_axes_are_named_as_people_do(self):
        self.write("a.dims", "dim n = 2..\ninput x: [n, auto] = [4, 14]\n"
                             "guard x[1] == 3*n + 2\n")
        out = self.assert_exit(0, "check", "--format", "json", "a.dims").out
        self.assertEqual(json.loads(out)["inferred"], {"x[1]": "3*n + 2"})


class Next(CommandTest):
    def next(self, text, *options, code=1):
        self.write("a.dims", text)
        return self.assert_exit(code, "check", *options, "a.dims").out

    def test_no_promise_of_a_repair(self):
        head = "dim n = 2..\ninput x: [n, dynamic] = [4, 6]\n"
        for guard in ["n != 4", "n >= 5", "x[1] == 6"]:
            out = self.next(head + f"guard {guard}\n")
            self.assertNotIn("dimsat suggest", out)
            self.assertIn("no change of dims alone", out)
        self.assertIn("dimsat suggest", self.next(head + "guard n <= 5\n"))
        self.assertIn("dimsat suggest",
                      self.next("dim n = 5..\ninput x: [n] = [4]\n"))

    def test_which_limit_was_reached(self):
        hard = DERIVED % "n*n*n*m % 1009 != 17 or n*m*m % 7 == 3"
        out = self.next(hard, "--budget", "50", code=3)
        self.assertIn("the step budget ran out", out)
        out = self.next(hard, "--timeout", "0.000000001", code=3)
        self.assertIn("the time ran out", out)

    def test_assumptions(self):
        out = self.next(GOOD.replace("2..", "0..") + "assume x[0] >= 2\n")
        self.assertIn("only sizes within the tracer's assumptions count: seq = 2..",
                      out)


class Slips(CommandTest):
    def refused(self, *arguments, says):
        done = self.assert_exit(2, *arguments)
        self.assertEqual(done.out, "")
        self.assertIn(says, done.err)

    def test_options_and_commands(self):
        self.write("a.dims", GOOD)
        self.refused("chekc", "a.dims", says="did you mean 'check'?")
        self.refused("help", "chekc", says="did you mean 'check'?")
        self.refused("check", "--formt", "json", "a.dims", says="mean '--format'?")
        self.refused("check", "--nothing", "a.dims", says="no option '--nothing'; see")
        self.refused("check", "--st", "a.dims", says="any of --stats, --strict")
        self.refused("check", "--stats=3", "a.dims", says="no argument may follow")
        self.refused("ask", "-a < 3", says="dimsat ask -- '-a < 3'")
        self.refused("check", "--source-root", "none", "a.dims", says="'none'")
        self.refused("check", "--source-root", "a.dims", "a.dims", says="'a.dims'")
        self.refused("ask", "Mdo(a, 2)", says="did you mean 'Mod'?")
        self.refused("ask", "sqrtt(a) > 2", says="did you mean 'sqrt'?")

    def test_help_of_one_command(self):
        for name in ["check", "suggest", "ask", "eval", "smt2", "batch"]:
            self.assertEqual(self.assert_exit(0, "help", name).out,
                             self.assert_exit(0, name, "--help").out)
        self.assertNotIn("torch", self.assert_exit(0, "check", "--help").out)
        self.assertIn("torch", self.assert_exit(0, "suggest", "--help").out)

    def test_hint_words(self):
        self.write("a.dims", "input x: [autto, 3] = [4, 3]\n")
        self.assertIn("did you mean 'auto'?", self.assert_exit(0, "check", "a.dims").out)

    def test_truncated_text(self):
        self.write("a.json", problem()[:40] + "\n\n  \n")
        self.assertIn("a.json:1:", self.assert_exit(2, "check", "a.json").err)


class Docs(CommandTest):
    def block(self, first):
        """The indented block of docs/formats.md that starts with `first`."""
        lines = (ROOT / "docs/formats.md").read_text().splitlines()
        start = lines.index("    " + first)
        end = start
        while lines[end].startswith("    "):
            end += 1
        return "\n".join(line[4:] for line in lines[start:end])

    def test_sample_result(self):
        text = self.block("name decoder") + "\n"
        out = self.assert_exit(1, "suggest", "--format", "json", "-", text=text).out
        first = '{"dimsat": 1, "name": "decoder", "verdict": "violated",'
        self.assertEqual(json.loads(out), json.loads(self.block(first)))


class Names(CommandTest):
    def test_records(self):
        lines = [problem(name="a"), problem(), "", problem(name="")]
        self.write("t.jsonl", "\n".join(lines))
        for arguments in [["check", "--format", "json"], ["batch"]]:
            out = self.assert_exit(0, *arguments, "t.jsonl").out
            names = [json.loads(line)["name"] for line in out.splitlines()]
            self.assertEqual(names, ["a", "t.jsonl:2", "t.jsonl:4"])

    def test_single_problem(self):
        self.write("a.json", problem(name=""))
        out = self.assert_exit(0, "check", "a.json").out
        self.assertTrue(out.startswith("a.json: "), out)

    def test_batch_says_what_it_wants(self):
        self.write("a.dims", GOOD)
        self.write("a.json", json.dumps(json.loads(problem()), indent=2))
        for name in ["a.dims", "a.json"]:
            out = self.assert_exit(2, "batch", name).out
            for line in out.splitlines():
                error = json.loads(line)["error"]
                self.assertIn("dimsat suggest FILE", error["message"])


class Sizes(CommandTest):
    def eval(self, code, *at, text=None):
        self.write("a.dims", "dim n = 2..\ninput x: [n, 3] = [4, 3]\nguard n <8\n")
        more = [word for size in at for word in ("--at", size)]
        return self.assert_exit(code, "eval", "a.dims", *more, text=text)

    def test_places(self):
        for at, place in [("zz=3", "1:1"), ("n=3, x=4", "1:6"), ("x[9]=3", "1:1"),
                          ("n=3,,x=[3,3]", "1:5"), ("n=3,n=3", "1:5"),
                          ("q=[3]", "1:1"), ("x=[3,,3]", "1:6")]:
            done = self.eval(2, at)
            self.assertRegex(done.err, rf"^--at:{place}: .*\n  .*\n +\^+\n$")

    def test_places_in_lines(self):
        lines = ['{"n": 3}', '{"n": 3, "zz": 4}', '{"x": [3, 3], "x[0]": 3}']
        done = self.eval(2, text="\n".join(lines))
        self.assertRegex(done.err, r"(?m)^stdin:2:10: 'zz' .*\n.*\n +\^\^\^\^$")
        self.assertIn("stdin:3:15: x[0] is given twice", done.err)

    def test_several_at(self):
        self.eval(0, "n=3", "x[1]=3")
        self.assertIn("n is 9", self.eval(1, "n=9", "x[1]=3").out)
        self.assertIn("x[1] must be 3", self.eval(1, "n=3", "x[1]=4").out)
        self.assertIn("n is given twice", self.eval(2, "n=3", "n=4").err)

    def test_hints(self):
        self.assertIn("an input with 2 axes", self.eval(2, "x=3").err)
        self.assertIn("x has 2 axes", self.eval(2, "x[9]=3").err)


if __name__ == "__main__":
    main()
