"""The command as its users meet it: bad input, exit codes, what is printed where.

usage: test_command.py COMMAND [TEST...]
"""

import json
import os
import re
import signal
import subprocess

from command_test import AGREES, COMMAND, GOOD, CommandTest, main, problem


class BadText(CommandTest):
    def test_empty_file(self):
        done = self.assert_refused("empty.json", "", 1, 1)
        self.assertTrue(
            done.err.startswith(
                "empty.json:1:1: the file is empty; there is nothing to read\n"
            ),
            done.err,
        )

    def test_blank_file(self):
        self.assert_refused("blank.json", " \n\n", 1, 1, "empty")

    def test_truncated_json(self):
        self.assert_refused("cut.json", '{"dimsat": 1,\n "dims": [{"na', 2)

    def test_not_json(self):
        self.assert_refused("no.json", '{"dimsat": 1, dims: []}', 1, 15)

    def test_trailing_text(self):
        self.assert_refused("more.json", problem() + " ]", 1)

    def test_duplicate_key(self):
        self.assert_refused(
            "twice.json", '{"dimsat": 1, "dims": [], "dims": []}', 1, 27, "duplicate"
        )

    def test_wrong_types(self):
        for key, value in [
            ("dims", 3),
            ("dims", [3]),
            ("dims", [{"name": 3}]),
            ("dims", [{"name": "a", "min": 1.5}]),
            ("dims", [{"name": "a", "min": True}]),
            ("inputs", {"x": []}),
            ("inputs", [{"name": "y", "shape": "s"}]),
            ("inputs", [{"name": "y", "shape": [[]]}]),
            ("symbols", ["s0"]),
            ("guards", "s >= 2"),
            ("guards", [1]),
            ("guards", [{"expr": None}]),
            ("name", 7),
        ]:
            with self.subTest(key=key, value=value):
                self.assert_refused("types.json", problem(**{key: value}), 1)

    def test_nul_bytes(self):
        text = problem("s >= 2").encode().replace(b">=", b"\x00=")
        self.assert_refused("nul.json", text, 1, text.index(b"\x00") + 1)
        self.assert_refused("nul.dims", b"dim s\nguard s \x00 2\n", 2, 9)

    def test_invalid_utf8(self):
        text = problem("s >= 2", name="?").encode().replace(b'"?"', b'"\xff"')
        self.assert_refused("utf8.json", text, 1, text.index(b"\xff") + 1)
        self.assert_refused("utf8.dims", b"dim s\n# \xc3(\n", 2, 3)

    def test_deep_json(self):
        self.assert_refused("deep.json", '{"dims": ' + "[" * 100_000, 1)

    def test_binary(self):
        self.assert_refused("noise.bin", bytes(range(128, 256)) * 50, 1)

    def test_unknown_statement(self):
        self.assert_refused("word.dims", "dim s\nwish s\n", 2, 1, "starts with")

    def test_unknown_key_is_a_note(self):
        self.write("key.json", problem(shape=[1]))
        self.assertIn("shape", self.assert_exit(0, "check", "key.json").out)
        done = self.assert_exit(2, "check", "--strict", "key.json")
        self.assertIn("shape", done.err)


class BadExpressions(CommandTest):
    def refuse(self, guard, inside=None, says=""):
        """`guard` is refused, in JSON and in .dims."""
        text = problem(guard)
        start = text.index('"guards"') + len('"guards": ["') + 1
        column = None if inside is None else start + inside
        self.assert_refused("guard.json", text, 1, column, says)
        column = None if inside is None else len("guard ") + 1 + inside
        self.assert_refused("guard.dims", f"dim s\nguard {guard}\n", 2, column, says)

    def test_unfinished(self):
        self.refuse("1 +", 3)

    def test_missing_operand(self):
        self.refuse("s >= * 2", 5)

    def test_missing_parenthesis(self):
        self.refuse("(s >= 2", 7)

    def test_unknown_symbol(self):
        self.refuse("nobody >= 2", 0, "nobody")

    def test_nested_parentheses(self):
        self.refuse("(" * 100_000 + "s" + ")" * 100_000 + " >= 2")

    def test_nested_operators(self):
        self.refuse("-" * 100_000 + "s >= 2")
        self.refuse("not " * 100_000 + "s >= 2")
        self.refuse("s ** " * 100_000 + "2 >= 2")

    def test_long_guard(self):
        self.refuse("s + " * 2_500_000 + "s >= 2")

    def test_huge_power(self):
        self.refuse("s <= 2**(10**9)")

    def test_huge_shift(self):
        self.refuse("s <= LShift(1, 10**12)")

    def test_million_digits(self):
        self.refuse("s <= " + "9" * 1_000_000)

    def test_axis_out_of_rank(self):
        self.refuse_axis("x[1] >= 2", "x[1]")
        self.refuse_axis("x[-2] >= 2", "x[-2]")
        self.refuse_axis("x.size()[7] >= 2", "x.size()[7]")

    def refuse_axis(self, guard, says):
        self.assert_refused("axis.json", problem(guard), 1, None, says)

    def test_division_by_zero_is_a_violation(self):
        for guard in ["s % 0 == 0", "s // 0 == 1", "Mod(s, s - s) == 0"]:
            with self.subTest(guard=guard):
                self.write("zero.json", problem(guard))
                done = self.assert_exit(1, "check", "--format", "json", "zero.json")
                self.assertIn(
                    json.loads(done.out)["verdict"], ["violated", "contradictory"]
                )

    def test_guard_that_is_a_number(self):
        self.write("number.json", problem("s"))
        self.assert_exit(0, "check", "number.json")


class SmallProblems(CommandTest):
    def test_no_guards(self):
        self.write("none.json", problem())
        self.assert_exit(0, "check", "none.json")
        self.assert_exit(0, "suggest", "none.json")

    def test_no_dims(self):
        self.write("none.json", '{"dimsat": 1}')
        self.assert_exit(0, "check", "none.json")
        self.write("none.json", '{"dimsat": 1, "dims": [], "guards": ["1 == 1"]}')
        self.assert_exit(0, "check", "none.json")
        self.write("none.json", '{"dimsat": 1, "dims": [], "guards": ["1 == 2"]}')
        self.assert_exit(1, "check", "none.json")

    def test_big_integers(self):
        big = str(10**40)
        self.write(
            "big.json", problem(f"s <= {big}", dims=[{"name": "s", "max": big}])
        )
        self.assert_exit(0, "check", "big.json")
        self.write("big.json", problem(f"s <= {big}"))
        done = self.assert_exit(1, "suggest", "--format", "json", "big.json")
        fixes = json.loads(done.out)["fixes"]
        self.assertEqual(fixes, [{"dim": "s", "min": 2, "max": big}])


class FilesAndOutput(CommandTest):
    def test_missing_file(self):
        done = self.assert_exit(2, "check", "missing.json")
        self.assertIn("missing.json", done.err)
        self.assertIn("No such file", done.err)

    def test_folder(self):
        done = self.assert_exit(2, "check", ".")
        self.assertIn("directory", done.err)

    def test_output_is_full(self):
        self.write("good.dims", GOOD)
        for arguments in [
            ["check", "good.dims"],
            ["suggest", "--format", "json", "good.dims"],
            ["ask", "1 == 1"],
            ["smt2", "good.dims"],
            ["compile", "--emit", "c", "good.dims"],
            ["--help"],
            ["check", "--help"],
        ]:
            with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
                done = self.assert_exit(
                    2, *arguments, capture_output=False, stdout=full,
                    stderr=subprocess.PIPE,
                )
                self.assertIn("No space left", done.err)

    def test_output_is_full_in_batch(self):
        with open("/dev/full", "wb") as full:
            done = self.assert_exit(
                2, "batch", text=problem() + "\n", capture_output=False,
                stdout=full, stderr=subprocess.PIPE,
            )
        self.assertIn("No space left", done.err)

    def test_output_is_closed(self):
        self.write("good.dims", GOOD)
        reader, writer = os.pipe()
        os.close(reader)
        for ignored, code in [(False, -signal.SIGPIPE), (True, 2)]:
            done = subprocess.run(
                [*COMMAND, "check", "good.dims"], cwd=self.folder, stdout=writer,
                stderr=subprocess.PIPE, restore_signals=not ignored,
            )
            self.assertEqual(done.returncode, code)
            self.assertEqual(done.stderr, b"")
        os.close(writer)

    def test_worst_exit_code_counts(self):
        self.write("good.dims", AGREES)
        self.write("bad.dims", GOOD)
        self.write("broken.dims", "dim\n")
        self.assert_exit(0, "check", "good.dims", "good.dims")
        self.assert_exit(1, "check", "bad.dims", "good.dims")
        done = self.assert_exit(2, "check", "broken.dims", "bad.dims", "good.dims")
        self.assertIn("agree", done.out)

    def test_records_in_one_file(self):
        lines = [problem("s >= 2", name="a"), problem("s % 4 == 0", name="b")]
        self.write("many.jsonl", "\n".join(lines) + "\n")
        done = self.assert_exit(1, "check", "--format", "json", "many.jsonl")
        names = [json.loads(line)["name"] for line in done.out.splitlines()]
        self.assertEqual(names, ["a", "b"])

    def test_bad_record_among_good_ones(self):
        lines = [problem("s >= 2", name="a"), '{"dims": 3}', problem(name="c")]
        self.write("many.jsonl", "\n".join(lines) + "\n")
        done = self.assert_exit(2, "check", "--format", "json", "many.jsonl")
        self.assertEqual(len(done.out.splitlines()), 2)
        self.assertIn("many.jsonl:2:10: ", done.err)

    def test_pretty_printed_record(self):
        text = json.dumps(json.loads(problem("s >= 0 +")), indent=2)
        done = self.assert_refused("pretty.json", text)
        self.assertIn('"s >= 0 +"', done.err)

    def test_standard_input(self):
        self.assert_exit(0, "check", "-", text=AGREES)
        done = self.assert_exit(2, "check", "-", text="dim\n")
        self.assertRegex(done.err, r"^stdin:1:\d+: ")


class Usage(CommandTest):
    def test_help_and_version(self):
        self.assertIn("suggest", self.assert_exit(0, "--help").out)
        self.assertRegex(self.assert_exit(0, "--version").out, r"^dimsat \d")
        for name in ["check", "suggest", "ask", "eval", "compile", "smt2", "batch"]:
            done = self.assert_exit(0, name, "--help")
            self.assertIn(f"usage: dimsat {name}", done.out)
            self.assertLess(max(map(len, done.out.splitlines())), 81)

    def test_wrong_usage(self):
        self.write("good.dims", GOOD)
        for arguments in [
            [],
            ["chek", "good.dims"],
            ["check"],
            ["check", "--frobnicate", "good.dims"],
            ["check", "--format", "xml", "good.dims"],
            ["check", "--format"],
            ["check", "--format", "torch", "good.dims"],
            ["check", "--budget", "-1", "good.dims"],
            ["check", "--budget", "1e6", "good.dims"],
            ["check", "--timeout", "soon", "good.dims"],
            ["check", "--timeout", "nan", "good.dims"],
            ["check", "--color", "red", "good.dims"],
            ["check", "--no-native", "--no-z3", "good.dims"],
            ["check", "--at", "s=1", "good.dims"],
            ["ask", "s >= 2", "s >= 3"],
            ["eval", "-"],
        ]:
            with self.subTest(arguments=arguments):
                done = self.assert_exit(2, *arguments)
                self.assertEqual(done.out, "")
                self.assertIn("dimsat", done.err)

    def test_colour(self):
        self.write("good.dims", GOOD)
        plain = self.assert_exit(1, "check", "good.dims").out
        self.assertNotIn("\033", plain)
        done = self.assert_exit(1, "check", "--color", "always", "good.dims")
        self.assertIn("\033[", done.out)
        self.assertEqual(re.sub("\033\\[\\d*m", "", done.out), plain)


class Reports(CommandTest):
    def test_suggest(self):
        self.write("good.dims", GOOD)
        done = self.assert_exit(1, "suggest", "good.dims")
        self.assertIn("model.py:12 in forward", done.out)
        self.assertIn("seq = 4*_seq", done.out)
        self.assertIn("Repair, proved", done.out)

    def test_torch_format(self):
        self.write("good.dims", GOOD)
        done = self.assert_exit(1, "suggest", "--format", "torch", "good.dims")
        lines = done.out.splitlines()
        self.assertEqual(lines[0], "Suggested fixes:")
        for line in lines[1:]:
            self.assertRegex(
                line,
                r"^  (\w+) = (Dim\('\1'(, min=\d+)?(, max=\d+)?\)"
                r"|\d+|(\d+\*)?\w+( [+-] \d+)?)$",
            )

    def test_json_keys_stand_in_order(self):
        self.write("good.dims", GOOD)
        done = self.assert_exit(1, "suggest", "--format", "json", "good.dims")
        result = json.loads(done.out)
        self.assertEqual(
            list(result),
            ["dimsat", "name", "verdict", "violations", "fixes", "proof",
             "allowed", "ranges", "relations", "alternatives", "inferred",
             "notes"],
        )
        self.assertEqual(
            list(result["violations"][0]),
            ["kind", "dims", "guard", "because", "witness", "at", "message"],
        )
        done = self.assert_exit(
            1, "suggest", "--stats", "--format", "json", "good.dims"
        )
        self.assertEqual(
            list(json.loads(done.out)["stats"]),
            ["native", "z3", "z3_contexts", "steps", "seconds"],
        )

    def test_same_output_on_every_run(self):
        self.write("good.dims", GOOD)
        runs = {self.run_command("suggest", "good.dims").out for _ in range(3)}
        self.assertEqual(len(runs), 1)

    def test_source_lines(self):
        self.write("good.dims", GOOD)
        (self.folder / "sub").mkdir()
        self.write("sub/model.py", "pass\n" * 11 + "y = x.view(seq // 4)\n")
        done = self.assert_exit(1, "check", "--source-root", "sub", "good.dims")
        self.assertIn("12 | y = x.view(seq // 4)", done.out)

    def test_source_lines_stay_below_the_root(self):
        (self.folder / "root").mkdir()
        self.write("secret.py", "secret\n" * 20)
        os.symlink("../secret.py", self.folder / "root/link.py")
        for place in ["../secret.py", "link.py", str(self.folder / "secret.py")]:
            self.write("good.dims", GOOD.replace("model.py", place))
            done = self.assert_exit(1, "check", "--source-root", "root", "good.dims")
            self.assertNotIn("| secret", done.out)

    def test_smt2(self):
        self.write("good.dims", GOOD)
        self.assertIn("(check-sat)", self.assert_exit(0, "smt2", "good.dims").out)


class Compile(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("good.dims", GOOD)

    def test_names(self):
        done = self.assert_exit(0, "compile", "good.dims", "--emit", "c")
        self.assertIn("bool guards_good(const int64_t *sizes);", done.out)
        done = self.assert_exit(
            0, "compile", "--emit", "c", "--name", "f", "-", text=GOOD
        )
        self.assertIn("bool f(const int64_t *sizes);", done.out)

    def test_usage(self):
        for arguments, says in [
            (["good.dims"], "Type --emit c"),
            (["--emit", "rust", "good.dims"], "--emit is c, not 'rust'"),
            (["--emit", "c", "--name", "int", "good.dims"], "'int' is no name"),
            (["--emit", "c", "absent.dims"], "No such file"),
            (["--emit", "c"], "expected 'FILE'"),
        ]:
            with self.subTest(arguments=arguments):
                done = self.assert_exit(2, "compile", *arguments)
                self.assertIn(says, done.err)
                self.assertEqual(done.out, "")

    def test_one_problem(self):
        self.write("two.jsonl", problem("s > 2") + "\n" + problem("s > 3") + "\n")
        done = self.assert_exit(2, "compile", "--emit", "c", "two.jsonl")
        self.assertIn("two.jsonl:2: compile takes one problem", done.err)

    def test_budget_keeps_guards(self):
        self.write("implied.dims", AGREES)
        full = self.assert_exit(0, "compile", "--emit", "c", "implied.dims")
        self.assertIn("dropped", full.out)
        done = self.assert_exit(
            0, "compile", "--emit", "c", "--budget", "1", "implied.dims"
        )
        self.assertNotIn("dropped", done.out)


class Ask(CommandTest):
    def ask(self, *arguments, code=0):
        return json.loads(self.assert_exit(code, "ask", *arguments).out)

    def test_conditions(self):
        answer = self.ask("--assume", "a >= 2", "a >= 1")
        self.assertEqual(answer["answer"], "always")
        answer = self.ask("--assume", "a >= 2", "a == 1")
        self.assertEqual(answer["answer"], "never")
        answer = self.ask("--assume", "2 <= a <= 3", "a == 3")
        self.assertEqual(answer["answer"], "sometimes")
        self.assertEqual(answer["holds"], {"a": 3})
        self.assertEqual(answer["breaks"], {"a": 2})
        answer = self.ask("--assume", "a >= 2", "--assume", "a < 2", "a == 3")
        self.assertEqual(answer["answer"], "contradictory")

    def test_bounds(self):
        assume = ["--assume", "2 <= a <= 3"]
        self.assertEqual(self.ask(*assume, "2*a"), {"bounds": [4, 6]})
        self.assertEqual(
            self.ask("--assume", "a >= 2", "2*a"), {"bounds": [4, None]}
        )
        big = 10**30
        self.assertEqual(
            self.ask(*assume, f"a * {big}"), {"bounds": [str(2 * big), str(3 * big)]}
        )

    def test_bad_query(self):
        done = self.assert_exit(2, "ask", "a >=")
        self.assertRegex(done.err, r"^query:1:5: .*\n  a >=\n      \^\n$")
        done = self.assert_exit(2, "ask", "--assume", "a >", "a")
        self.assertRegex(done.err, r"^--assume:1:4: ")

    def test_lines(self):
        lines = [
            '{"assume": ["a >= 2"], "query": "a >= 1"}',
            "",
            '{"assume": ["a >="], "query": "a >= 1"}',
            '{"query": 3}',
            "[]",
            "{",
            '{"assume": ["1 <= a", "a <= 9"], "query": "a", "more": 1}',
        ]
        done = self.assert_exit(2, "ask", "-", text="\n".join(lines))
        answers = [json.loads(line) for line in done.out.splitlines()]
        self.assertEqual(answers[0]["answer"], "always")
        self.assertEqual(answers[-1], {"bounds": [1, 9]})
        errors = [a["error"] for a in answers[1:-1]]
        self.assertEqual([e["line"] for e in errors], [3, 4, 5, 6])
        self.assertEqual([e["column"] for e in errors[:2]], [18, 11])
        self.assertTrue(all(e["message"] for e in errors))
        self.assertEqual(done.err, "")


class Eval(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("good.dims", GOOD)

    def eval(self, code, at):
        return self.assert_exit(code, "eval", "good.dims", "--at", at).out

    def test_at(self):
        self.assertEqual(self.eval(0, "x=[12]"), "")
        self.assertEqual(self.eval(0, " x[0] = 12 "), "")
        self.assertEqual(len(self.eval(1, "x=[13]").splitlines()), 1)
        self.assertIn("x", self.eval(1, "x=[12, 4]"))

    def test_bad_at(self):
        for at in ["", "x", "x=", "=3", "x=[1", "x=3;", "x=1.5", "nobody=[3]"]:
            with self.subTest(at=at):
                done = self.assert_exit(2, "eval", "good.dims", "--at", at)
                self.assertIn("--at", done.err)
        for at in ["", "x[0]=12, ", "x=["]:
            done = self.assert_exit(2, "eval", "good.dims", "--at", at)
            self.assertIn(f"--at:1:{len(at) + 1}: ", done.err)

    def test_lines(self):
        lines = ['{"x": [12]}', '{"x[0]": 13}', '{"x": [1, 2]}', '{"x": "?"}']
        done = self.assert_exit(2, "eval", "good.dims", text="\n".join(lines))
        starts = [line[:8] for line in done.out.splitlines()]
        self.assertEqual(starts, ["line 2: ", "line 3: "])
        self.assertRegex(done.err, r"^stdin:4:\d+: ")


if __name__ == "__main__":
    main()
