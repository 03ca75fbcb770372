"""dimsat verify: true results hold, and whoever changes one is found out.

usage: test_verify.py COMMAND [TEST...]
"""

import copy
import json
import pathlib

from command_test import AGREES, GOOD, CommandTest, main, problem

PROBLEMS = pathlib.Path(__file__).resolve().parents[1] / "data/problems.jsonl"
EVERY = 40  # of the problems whose results are changed in every way

DECODER = """\
name decoder
dim batch = 1..64
dim seq
dim width = ..4096
dim k
dim long = 2*seq + 1
input x: [batch, seq, width, auto, k, long] = [8, 16, 64, 7, 9, 33]
guard x[1] % 4 == 0           # at model.py:12 in forward
guard x[0] != 3
guard x[2] <= 512
guard x[3] == 7
guard Eq(x[4], 9)
assume x[0] >= 2
"""


def set_at(value, path, new):
    """`value` with another member at the path; DROP leaves it out."""
    changed = copy.deepcopy(value)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    if new is DROP:
        del inner[path[-1]]
    else:
        inner[path[-1]] = new
    return changed


DROP = object()


def number_edits(result, path, steps=(-1, 1)):
    """The integer at the path, one less and one more."""
    inner = result
    for key in path:
        inner = inner[key]
    if isinstance(inner, int):
        yield from (set_at(result, path, inner + step) for step in steps)


def violation_edits(problem, result):
    """Violations that say something else."""
    guards = len(problem["guards"])
    for i, violation in enumerate(result["violations"]):
        at = ("violations", i)
        for kind in ("range", "constant", "equality", "derived", "residue",
                     "relation", "example"):
            if kind != violation["kind"]:
                yield set_at(result, (*at, "kind"), kind)
        yield set_at(result, (*at, "at"), "elsewhere.py:1 in f")
        yield set_at(result, (*at, "dims"), ["nobody"])
        if violation["guard"] is not None:
            yield set_at(result, (*at, "guard"), guards)
            yield set_at(result, (*at, "guard"), None)
            yield set_at(result, (*at, "because"), [guards])
        if violation["witness"]:
            yield set_at(result, (*at, "witness"), None)
            for name in violation["witness"]:
                yield set_at(result, (*at, "witness", name), DROP)


def fix_edits(result):
    """Fixes that say something else."""
    for i, fix in enumerate(result["fixes"]):
        at = ("fixes", i)
        yield set_at(result, at, DROP)
        yield set_at(result, (*at, "dim"), "nobody")
        for key in ("value", "scale", "offset"):
            if key in fix:
                yield from number_edits(result, (*at, key))
        if "root" in fix:
            yield set_at(result, (*at, "root"), "nobody")
            yield set_at(result, (*at, "scale"), 2 * fix["scale"])
        if "min" in fix:
            yield from number_edits(result, (*at, "min"), (1,))
            yield from number_edits(result, (*at, "max"))
            far = None if fix["max"] is not None else 10**6
            yield set_at(result, (*at, "max"), far)
    if result["fixes"]:
        yield set_at(result, ("fixes",), [])
        yield set_at(result, ("proof",), "undecided")


def set_edits(result):
    """Allowed sets that are others."""
    for name, pieces in result["allowed"].items():
        for i, piece in enumerate(pieces):
            at = ("allowed", name, i)
            yield set_at(result, at, DROP)
            yield from number_edits(result, (*at, "min"))
            yield from number_edits(result, (*at, "max"))
            yield from number_edits(result, (*at, "residue"))
            if piece["max"] is None:
                yield set_at(result, (*at, "max"), 10**5)
            if piece["min"] != piece["max"]:
                yield from number_edits(result, (*at, "modulo"))


def text_edits(result):
    """Relations, inferred axes and names that are others."""
    for i, text in enumerate(result["relations"]):
        yield set_at(result, ("relations", i), f"not ({text})")
        yield set_at(result, ("relations", i), "1 +")
    for name, text in result["inferred"].items():
        yield set_at(result, ("inferred", name), text + " + 1")
    yield set_at(result, ("name",), "another")


def verdict_edits(result):
    for verdict in ("ok", "violated"):
        if verdict != result["verdict"]:
            yield set_at(result, ("verdict",), verdict)


class Stored(CommandTest):
    """Problems and results in files."""

    def stored(self, text):
        """Writes problem and result; the result."""
        self.write("p.dims", text)
        done = self.run_command("suggest", "--format", "json", "p.dims")
        self.write("r.json", done.out)
        return json.loads(done.out)

    def verify_lines(self, problems, results):
        """What is said of each result, as JSON."""
        self.write("p.jsonl", "".join(p + "\n" for p in problems))
        self.write("r.jsonl", "".join(r + "\n" for r in results))
        done = self.run_command(
            "verify", "--format", "json", "p.jsonl", "r.jsonl", timeout=600
        )
        self.assertEqual(done.err, "")
        return [json.loads(line) for line in done.out.splitlines()]


class Holding(Stored):
    def test_all_problems(self):
        problems = PROBLEMS.read_text().splitlines()
        done = self.run_command("batch", text=PROBLEMS.read_bytes())
        said = self.verify_lines(problems, done.out.splitlines())
        self.assertEqual(len(said), len(problems))
        for one in said:
            for claim in one["claims"]:
                self.assertEqual(claim["outcome"], "holds", (one["name"], claim))

    def test_text(self):
        self.stored(GOOD)
        done = self.assert_exit(0, "verify", "p.dims", "r.json")
        self.assertRegex(done.out, r"\Ap\.dims: all \d+ claims hold\n")
        self.assertIn("seq = 9 is allowed and breaks guard 0", done.out)
        self.assertIn("sound: every guard is proved", done.out)
        self.assertIn("maximal: with", done.out)

    def test_other_verdicts(self):
        for text in (
            AGREES,
            "dim a = 2..\ninput x: [a] = [8]\nguard x[0] == 3\nguard x[0] == 4\n",
            "dim a = 2..9\ninput x: [2*a] = [9]\n",
            "input x: [dynamic] = [8]\nguard x[0] == 8\n",
        ):
            self.stored(text)
            self.assert_exit(0, "verify", "p.dims", "r.json")

    def test_check_result(self):
        self.write("p.dims", GOOD)
        done = self.run_command("check", "--format", "json", "p.dims")
        self.write("r.json", done.out)
        self.assert_exit(0, "verify", "p.dims", "r.json")

    def test_standard_input(self):
        self.stored(GOOD)
        text = (self.folder / "r.json").read_bytes()
        self.assert_exit(0, "verify", "p.dims", "-", text=text)

    def test_undecided(self):
        self.write("p.dims", "dim a\ndim b\ninput x: [a, b] = [4, 4]\n"
                   "guard torch.sym_sqrt(x[0]) <= 1 + torch.sym_sqrt(x[1])\n")
        done = self.run_command("suggest", "--format", "json", "p.dims")
        self.assertEqual(done.returncode, 3, done.out + done.err)
        self.write("r.json", done.out)
        done = self.assert_exit(3, "verify", "p.dims", "r.json")
        self.assertIn("undecided  verdict: undecided: nothing is claimed", done.out)


class Changed(Stored):
    def assert_fails(self, changed, claim, says):
        """The changed result fails at `claim`, for the reason it `says`."""
        self.write("r.json", json.dumps(changed))
        done = self.assert_exit(1, "verify", "--format", "json", "p.dims", "r.json")
        wrong = [c for c in json.loads(done.out)["claims"] if c["outcome"] == "fails"]
        found = [c for c in wrong if c["claim"] == claim]
        self.assertTrue(found, wrong)
        self.assertIn(says, found[0]["message"])
        return found[0]

    def test_each_field(self):
        r = self.stored(DECODER)
        fix = {f["dim"]: i for i, f in enumerate(r["fixes"])}
        bad = {tuple(v["dims"]): i for i, v in enumerate(r["violations"])}
        seq, width = fix["seq"], fix["width"]
        for path, new, claim, says in [
            (("verdict",), "ok", "verdict", "violations or fixes follow"),
            (("verdict",), "contradictory", "verdict", "some sizes satisfy"),
            (("fixes", width, "max"), 513, "fixes", "width = 513 breaks guard 2"),
            (("fixes", width, "max"), 511, f"fixes[{width}].max", "width up to 512"),
            (("fixes", width, "min"), 1, f"fixes[{width}].min", "width down to 0"),
            (("fixes", width), DROP, "fixes", "breaks guard 2"),
            (("fixes", seq, "scale"), 2, "fixes", "breaks guard 0"),
            (("fixes", seq, "scale"), 8, f"fixes[{seq + 1}]", "2 times finer"),
            (("fixes", seq, "offset"), 1, "fixes", "breaks guard 0"),
            (("fixes", seq, "root"), "batch", f"fixes[{seq + 1}].dim", "none follows"),
            (("fixes", seq, "root"), "y", f"fixes[{seq}].root", "neither a dim"),
            (("fixes", seq, "scale"), 0, f"fixes[{seq}].scale", "from 1 on"),
            (("fixes", fix["k"], "value"), 8, "fixes", "breaks guard 4"),
            (("fixes", 0, "dim"), "long", "fixes[0].dim", "follows another"),
            (("fixes", width, "dim"), "seq", f"fixes[{width}].dim", "twice"),
            (("fixes", width, "min"), "-int_oo", f"fixes[{width}].min", "no range"),
            (("fixes", width, "max"), "9" * 30, "fixes", "breaks guard 2"),
            (("proof",), "undecided", "proof", "claim nothing"),
            (("violations", 0, "guard"), 9, "violations[0].guard", "5 guards"),
            (("violations", 0, "guard"), 1, "violations[0].at", "arose at"),
            (("violations", 0, "because"), [0, 9], "violations[0].because", "5 guards"),
            (("violations", 0, "at"), None, "violations[0].at", "model.py:12"),
            (("violations", 0, "kind"), "range", "violations[0].kind", "residue"),
            (("violations", 0, "dims"), ["k"], "violations[0].dims", "speak"),
            (("violations", 0, "witness", "seq"), 16, "violations[0].witness", "long"),
            (("violations", 0, "witness", "batch"), 1, "violations[0].witness",
             "assumed"),
            (("violations", 0, "witness", "batch"), 65, "violations[0].witness",
             "does not allow batch = 65"),
            (("violations", bad["batch",], "witness", "batch"), 4,
             f"violations[{bad['batch',]}].witness", "does not break guard 1"),
            (("allowed", "batch"), r["allowed"]["batch"][:1], "allowed.batch",
             "leaves out a size"),
            (("allowed", "seq", 0, "modulo"), 2, "allowed.seq", "refuses some size"),
            (("allowed", "seq", 0, "min"), 4, "allowed.seq", "leaves out"),
            (("ranges", "x[0]"), [4, 64], "ranges.x[0]", "below 4"),
            (("ranges", "x[0]"), [2, 63], "ranges.x[0]", "above 63"),
            (("ranges", "x[0]"), [1, 64], "ranges.x[0]", "wider"),
            (("ranges", "y"), [1, 64], "ranges.y", "no symbol"),
            (("inferred", "x[3]"), "8", "inferred.x[3]", "break it"),
            (("inferred", "x[3]"), "y", "inferred.x[3]", "neither a dim nor an axis"),
            (("inferred", "x[2]"), "7", "inferred.x[2]", "no AUTO"),
            (("name",), "encoder", "name", "'encoder'"),
        ]:
            with self.subTest(path=path, new=new):
                self.assert_fails(set_at(r, path, new), claim, says)

    def test_shown_sizes(self):
        r = self.stored(DECODER)
        width = [f["dim"] for f in r["fixes"]].index("width")
        wrong = self.assert_fails(
            set_at(r, ("fixes", width, "max"), 4096), "fixes", "breaks guard 2"
        )
        self.assertEqual(wrong["guard"], 2)
        self.assertGreater(wrong["witness"]["width"], 512)

    def test_unfaithful(self):
        r = self.stored("dim a = 4..9\ninput x: [a] = [8]\nguard x[0] != 9\n")
        for path, new, claim in [
            (("fixes", 0, "min"), 3, "fixes[0].min"),
            (("fixes", 0, "max"), 7, "fixes"),
        ]:
            self.assert_fails(set_at(r, path, new), claim, "")

    def test_pair(self):
        """Two constants that could move together are too narrow."""
        r = self.stored(
            "dim a\ndim b\ninput x: [a, b] = [8, 8]\nguard x[0] == x[1]\n"
        )
        r["fixes"] = [{"dim": "a", "value": 8}, {"dim": "b", "value": 8}]
        self.assert_fails(r, "fixes[1].value", "move together by 1 and 1")

    def test_admitted(self):
        """A result that says itself that it may be too narrow does not fail."""
        r = self.stored("dim a\ninput x: [a] = [8]\nguard x[0] < 21\n")
        r["fixes"][0]["max"] = 19
        self.assert_fails(r, "fixes[0].max", "too narrow")
        r["maximal"] = "undecided"
        self.write("r.json", json.dumps(r))
        self.assert_exit(3, "verify", "p.dims", "r.json")
        r["fixes"][0]["max"] = 21
        self.assert_fails(r, "fixes", "does not agree")

    def test_every_way(self):
        problems = PROBLEMS.read_text().splitlines()[::EVERY]
        done = self.run_command("batch", text="\n".join(problems))
        asked, changed = [], []
        for line, answer in zip(problems, done.out.splitlines()):
            p, r = json.loads(line), json.loads(answer)
            for edits in (verdict_edits(r), violation_edits(p, r), fix_edits(r),
                          set_edits(r), text_edits(r)):
                for edit in edits:
                    asked.append(line)
                    changed.append(edit)
        said = self.verify_lines(asked, [json.dumps(c) for c in changed])
        self.assertGreater(len(said), 500)
        for one, edit in zip(said, changed):
            self.assertEqual(one["outcome"], "fails", edit)


class BadInput(Stored):
    def test_no_result(self):
        self.write("p.dims", GOOD)
        for text, says in [
            ("", "empty"),
            ("[]", "a result is one object"),
            ('{"verdict": "fine"}', "'fine' is no word for verdict"),
            ('{"name": "p"}', "verdict is missing"),
            ('{"verdict": "ok", "fixes": [{"min": 3}]}', "fixes[0].dim is missing"),
            ('{"verdict": "ok", "fixes": 3}', "fixes is an integer"),
            ('{"verdict": "ok", "ranges": {"s": [1]}}', "two bounds"),
            ('{"error": {"line": 1}}', "could not be read"),
        ]:
            with self.subTest(text=text):
                self.write("r.json", text)
                done = self.assert_exit(2, "verify", "p.dims", "r.json")
                self.assertIn(says, done.err)
                self.assertIn("r.json:1:", done.err)

    def test_bad_problem(self):
        self.stored(GOOD)
        self.write("p.dims", "dim a = 3..2\n")
        done = self.assert_exit(2, "verify", "p.dims", "r.json")
        self.assertIn("p.dims:1:", done.err)

    def test_counts(self):
        result = json.dumps(self.stored(GOOD))
        one = problem("s >= 2")
        self.write("p.jsonl", one + "\n" + one + "\n")
        self.write("r.jsonl", result + "\n")
        done = self.assert_exit(2, "verify", "p.jsonl", "r.jsonl")
        self.assertIn("no result for this problem; r.jsonl holds 1", done.err)
        self.write("r.jsonl", result + "\n" + result + "\n")
        done = self.assert_exit(2, "verify", "p.dims", "r.jsonl")
        self.assertIn("2 results, but p.dims holds 1 problems", done.err)

    def test_usage(self):
        self.assert_exit(2, "verify", "p.dims")
        done = self.assert_exit(2, "verify", "-", "-")
        self.assertIn("only one of PROBLEM and RESULT", done.err)


if __name__ == "__main__":
    main()
