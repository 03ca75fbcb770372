"""Results: what they hold, how they look, and that the command says the same."""

from __future__ import annotations

import copy
import json
import pickle
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

import dimsat
from dimsat import Problem

EVIL = '<script>alert("1")</script>&'
TEXT = """\
name decoder
dim batch = 1..64
dim seq
dim long = 2*seq + 1
input x: [batch, seq, auto, 3] = [8, 16, 7, 3]
guard x[1] % 4 == 0           # at model.py:12 in forward
guard x[0] != 3
assume x[0] >= 2
"""


def test_what_a_result_holds() -> None:
    result = dimsat.suggest(TEXT)
    assert (result.verdict, result.name, result.proof) == (
        "violated",
        "decoder",
        "proved",
    )
    first = result.violations[0]
    assert (first.kind, first.dims, first.guard, first.because) == (
        "residue",
        ("seq",),
        0,
        (0,),
    )
    assert first.witness == {"batch": 8, "seq": 17, "long": 35}
    assert first.at == "model.py:12 in forward"
    assert [str(fix) for fix in result.fixes] == [
        "batch = 4..64",
        "seq = 4*_seq",
        "_seq = 0..",
    ]
    assert result.allowed["seq"] == (dimsat.Piece(0, None, 4, 0),)
    assert result.ranges == {"x[0]": (2, 64)}
    assert result.stats["steps"] > 0
    assert repr(result) == (
        "<Result violated: 2 violations; "
        "fixes: batch = 4..64, seq = 4*_seq, _seq = 0..>"
    )


def test_a_result_agrees_with_its_json() -> None:
    result = dimsat.suggest(TEXT)
    told = result.to_dict()
    assert [fix.to_dict() for fix in result.fixes] == told["fixes"]
    assert "stats" not in told
    assert json.loads(json.dumps(told)) == told


def test_check_looks_for_no_repair() -> None:
    result = dimsat.check(TEXT)
    assert (result.fixes, result.proof) == ((), None)
    assert repr(result) == "<Result violated: 2 violations>"
    assert repr(dimsat.check("dim a = 2..")) == "<Result ok>"


def test_many_fixes_have_a_short_repr() -> None:
    names = [f"d{i}" for i in range(40)]
    text = "".join(f"dim {d} = 2..\n" for d in names)
    text += "".join(f"guard {d} != 9\n" for d in names)
    assert len(repr(dimsat.suggest(text))) < 150


def test_equal_problems_have_equal_results() -> None:
    assert dimsat.suggest(TEXT) == dimsat.suggest(TEXT)
    assert dimsat.suggest(TEXT) != dimsat.check(TEXT)


def test_the_command_answers_the_same(command: str, data: Path) -> None:
    text = (data / "problems.jsonl").read_text()
    run = subprocess.run(
        [command, "batch", "--jobs", "1"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    problems = Problem.parse_all(text, source="stdin")
    lines = run.stdout.splitlines()
    assert len(lines) == len(problems) > 800
    for problem, line in zip(problems, lines, strict=True):
        assert problem.suggest().to_dict() == json.loads(line)


@pytest.mark.parametrize("form", ["text", "torch"])
@pytest.mark.parametrize("color", ["always", "never"])
def test_the_command_prints_the_same(
    command: str, form: str, color: str, tmp_path: Path
) -> None:
    (tmp_path / "p.dims").write_text(TEXT)
    (tmp_path / "model.py").write_text("\n" * 11 + "    return x.view(4, -1)\n")
    run = subprocess.run(
        [
            *(command, "suggest", "--format", form, "--color", color),
            *("--source-root", str(tmp_path), str(tmp_path / "p.dims")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    result = Problem.read(tmp_path / "p.dims").suggest()
    printed = (
        result.torch_text()
        if form == "torch"
        else result.text(color=color == "always", source_root=tmp_path)
    )
    assert printed == run.stdout
    assert ("return x.view(4, -1)" in printed) == (form == "text")


def test_a_source_root_that_is_not_there() -> None:
    with pytest.raises(NotADirectoryError, match="nowhere"):
        dimsat.check("dim a").text(source_root="/nowhere")


def test_a_report_outlives_its_problem() -> None:
    name = "of the source " * 10
    result = Problem.parse("dim a = 2..", source=name).check()
    del name
    junk = ["of the source " * 11 for _ in range(1000)]
    assert result.text().startswith("of the source of the source")
    assert len(junk) == 1000


def test_copies() -> None:
    result = dimsat.suggest(TEXT)
    for same in (copy.copy(result), copy.deepcopy(result)):
        assert same == result
        assert same.text() == result.text()
        assert same.text(color=True) == result.text(color=True)


def test_pickle() -> None:
    result = dimsat.suggest(TEXT)
    for again in (
        pickle.loads(pickle.dumps(result)),
        pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(result)))),
    ):
        assert again == result
        assert again.text() == result.text()
        assert again.torch_text() == result.torch_text()
        assert again.to_dict() == result.to_dict()
        assert again.problem == result.problem
        with pytest.raises(ValueError, match="pickled"):
            again.text(color=True)


# ---- HTML ----------------------------------------------------------------------


class Checker(HTMLParser):
    """Refuses tags that are not closed, and all that is not expected."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("div", "p", "b", "table", "tr", "th", "td", "ul", "li")
        assert all(name == "style" for name, _ in attrs)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data + " "


def text_of(html: str) -> str:
    checker = Checker()
    checker.feed(html)
    checker.close()
    assert checker.open == []
    assert "http" not in html
    assert not re.search(r"(?<!-)color *:", html)
    return checker.text


def test_html_says_what_matters() -> None:
    text = text_of(dimsat.suggest(TEXT)._repr_html_())
    for part in (
        "decoder",
        "seq must be a multiple of 4",
        "model.py:12 in forward",
        "seq = 17",
        "1..64",
        "4..64",
        "4*_seq",
        "0.. (multiples of 4)",
        "batch must not be 3",
    ):
        assert part in text


def test_html_is_escaped() -> None:
    problem = {
        "name": EVIL,
        "dims": [{"name": "a", "min": 2}],
        "inputs": [{"name": EVIL, "source": "L['<b>']", "shape": ["a"], "hint": [8]}],
        "guards": [{"expr": "L['<b>'].size()[0] % 4 == 0", "at": EVIL}],
        EVIL: 1,
    }
    html = dimsat.suggest(problem)._repr_html_()
    assert "<script" not in html
    assert text_of(html).count(EVIL) >= 2


def test_html_of_every_recorded_problem(data: Path) -> None:
    for line in (data / "problems.jsonl").read_text().splitlines()[::8]:
        assert text_of(dimsat.suggest(line)._repr_html_())


def test_html_without_a_repair() -> None:
    assert "agree" in text_of(dimsat.suggest("dim a = 2..")._repr_html_())
    nothing = dimsat.suggest("dim a = 2..\nguard a < 2 and a > 2")
    assert "no sizes" in text_of(nothing._repr_html_())
