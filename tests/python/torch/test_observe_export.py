"""From calls to programs, without a spec that somebody wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.export import Dim

from dimsat.observe import InputObserver, ObservedExportError, check, find
from dimsat.observe.opposite import opposite
from dimsat.observe.relaxing import relax

pytest.importorskip("transformers")

from transformers import LlamaConfig, LlamaForCausalLM, cache_utils


class Decoder(torch.nn.Module):
    """A layer of attention with a cache of its own and a loop that feeds it."""

    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(32, 16)

    def forward(self, input_ids, attention_mask, past_key, past_value):
        batch, seq = input_ids.shape
        new = self.embedding(input_ids).view(batch, seq, 2, 8).transpose(1, 2)
        key = torch.cat([past_key, new], dim=2)
        value = torch.cat([past_value, new], dim=2)
        scores = new @ key.transpose(2, 3) + attention_mask[:, None, None].float()
        return scores.softmax(-1) @ value, key, value

    def generate(self, batch, prompt, steps):
        ids = torch.ones(batch, prompt, dtype=torch.int64)
        key = value = torch.zeros(batch, 2, 0, 8)
        for step in range(steps):
            mask = torch.ones(batch, prompt + step, dtype=torch.int64)
            _, key, value = self(ids, mask, key, value)
            ids = torch.ones(batch, 1, dtype=torch.int64)


def arguments(batch, past, seq, total):
    cache = torch.zeros(batch, 2, past, 8)
    ids = torch.ones(batch, seq, dtype=torch.int64)
    return ids, torch.ones(batch, total, dtype=torch.int64), cache, cache


@pytest.fixture(scope="module")
def decoder():
    model, observer = Decoder(), InputObserver()
    with observer(model):
        model.generate(1, 7, 3)
        model.generate(2, 5, 3)
    return model, observer, observer.export(model)


def test_the_mask_is_past_and_new(decoder):
    _, _, exported = decoder
    found = {h.relation.relation: h.status for h in exported.hypotheses}
    assert found["attention_mask[1] == input_ids[1] + past_key[2]"] == "necessary"
    assert found["past_value[2] == past_key[2]"] == "necessary"
    assert exported.refused == ()


def test_axes_that_equal_the_same_one_are_told_together(decoder):
    _, _, exported = decoder
    same = "attention_mask[0], past_key[0], past_value[0] == input_ids[0]"
    assert f"  {same}: the guards demand it\n" in exported.text()


def test_what_follows_from_what_is_needed_is_not_told(decoder):
    _, _, exported = decoder
    guards = ("past_key[0] == attention_mask[0]", "past_key[1] == past_value[1]")
    findings = replace(exported.findings, discovered=guards)
    text = replace(exported, findings=findings).text()
    assert f"The guards also demand:\n  {guards[1]}\n\n" in text


def test_the_program_takes_what_was_recorded_and_more(decoder):
    _, _, exported = decoder
    run = exported.program.module()
    for batch, past, seq in [(1, 0, 7), (1, 7, 1), (2, 5, 1), (4, 9, 3)]:
        run(*arguments(batch, past, seq, past + seq))


def test_a_call_with_a_wrong_mask_is_refused_with_the_nearest(decoder):
    model, _, exported = decoder
    other = InputObserver()
    with other(model):
        pass
    call = {
        name: {"tensor": {"dtype": "int64", "shape": list(value.shape)}}
        for name, value in zip(
            ("input_ids", "attention_mask", "past_key", "past_value"),
            arguments(2, 4, 3, 8),
            strict=True,
        )
    }
    other.calls.add({"args": [], "kwargs": call}, True)
    checked = check(exported.program, other)
    assert [refusal.call for refusal in checked.refused] == [0]
    near = checked.nearest[0]
    assert near["attention_mask"][1] == near["input_ids"][1] + near["past_key"][2]
    steps = abs(near["attention_mask"][1] - 8) + abs(near["input_ids"][1] - 3)
    assert steps + abs(near["past_key"][2] - 4) == 1


def test_axes_that_were_equal_by_chance_come_apart():
    class Two(torch.nn.Module):
        def forward(self, x, y):
            return x.sum() + y.sum()

    model, observer = Two(), InputObserver()
    with observer(model):
        for size in (3, 5, 9):
            model(torch.ones(size), torch.ones(size))
    exported = observer.export(model)
    assert exported.hypotheses[0].status == "incidental"
    assert "by chance" in exported.text()
    exported.program.module()(torch.ones(4), torch.ones(6))


def test_a_remainder_that_no_guard_demands_is_no_limit():
    class Sum(torch.nn.Module):
        def forward(self, x):
            return x + 1

    model, observer = Sum(), InputObserver()
    with observer(model):
        for size in (8, 16, 40):
            model(torch.ones(size))
    exported = observer.export(model)
    exported.program.module()(torch.ones(9))


def test_trying_sizes_trains_nothing():
    model = torch.nn.Sequential(torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
    observer = InputObserver()
    with observer(model):
        for rows in (3, 5, 9):
            model(torch.ones(rows, 4))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    exported = observer.export(model)
    assert model.training
    assert exported.refused == ()
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_what_drops_out_at_random_is_no_other_way():
    model = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Dropout(0.5))
    observer = InputObserver()
    with observer(model):
        for rows in (1, 3, 5):
            model(torch.ones(rows, 4))
    assert observer.export(model).refused == ()


def test_no_example_that_works_is_an_error():
    class Odd(torch.nn.Module):
        def forward(self, x):
            if x.shape[0] not in (3, 5):
                raise ValueError("only 3 and 5")
            return x.nonexistent()

    model, observer = Odd(), InputObserver()
    with observer(model):
        for size in (3, 5):
            with pytest.raises(AttributeError):
                model(torch.ones(size))
    with pytest.raises(ObservedExportError):
        observer.export(model)


# ---- generate() --------------------------------------------------------------------


@pytest.fixture(scope="module")
def llama():
    config = LlamaConfig(
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=48,
        vocab_size=64,
    )
    torch.manual_seed(0)
    model, observer = LlamaForCausalLM(config).eval(), InputObserver()
    with observer(model):
        for batch, prompt in [(2, 6), (3, 4)]:
            mask = torch.ones(batch, prompt, dtype=torch.int64)
            mask[0, 0] = 0  # else transformers makes the mask itself
            ids = torch.ones(batch, prompt, dtype=torch.int64)
            model.generate(ids, attention_mask=mask, max_new_tokens=3, do_sample=False)
    return model, observer


def test_generate_is_observed(llama):
    model, observer = llama
    assert observer.faults == []
    assert "forward" not in vars(model)
    assert observer.num_obs() == 3
    assert len(observer.calls) == 6
    relations = [r.relation for r in observer.findings().relations]
    mask = "attention_mask[1] == input_ids[1] + past_key_values.key_0[2]"
    assert mask in relations


@pytest.mark.parametrize("strict", [False, True])
def test_generate_becomes_a_program(llama, strict):
    model, observer = llama
    exported = observer.export(model, strict=strict)
    statuses = {h.relation.relation: h.status for h in exported.hypotheses}
    mask = "attention_mask[1] == input_ids[1] + past_key_values.key_0[2]"
    key = "past_key_values.value_0[2] == past_key_values.key_0[2]"
    assert statuses[mask] == "necessary"
    # Without strict, the guards have a hole there.
    assert statuses[key] == "unguarded" or strict
    assert exported.refused == ()
    assert "forward" not in vars(model)
    for batch, past, seq in [(2, 0, 6), (2, 6, 1), (3, 5, 1), (5, 3, 4)]:
        agrees(model, exported, batch, past, seq)


def agrees(model, exported, batch, past, seq):
    """Program and model give the same."""

    def given():
        cache = cache_utils.DynamicCache()
        torch.manual_seed(1)
        states = torch.randn(2, batch, 2, past, 8)
        cache.update(states[0], states[1], 0)
        total = past + seq
        return {
            **exported.kwargs,
            "input_ids": torch.ones(batch, seq, dtype=torch.int64),
            "attention_mask": torch.ones(batch, total, dtype=torch.int64),
            "position_ids": torch.arange(past, total)[None].expand(batch, seq),
            "past_key_values": cache,
        }

    with torch.no_grad():
        expected = model(**given()).logits
        found = exported.program.module()(**given()).logits
    torch.testing.assert_close(found, expected)


def test_static_and_crossed_caches_are_encoded():
    class Cached(torch.nn.Module):
        def forward(self, cache, x):
            return x

    def filled(cache, length):
        cache.update(torch.ones(1, 2, length, 4), torch.ones(1, 2, length, 4), 0)
        return cache

    model, observer = Cached(), InputObserver()
    with observer(model):
        for length in (3, 5):
            both = cache_utils.EncoderDecoderCache(
                filled(cache_utils.DynamicCache(), length),
                filled(cache_utils.DynamicCache(), 7),
            )
            model(both, torch.ones(length))
    axes = {(a.argument, a.axis): a for a in observer.findings().axes}
    own = axes["cache.self_attention_cache.key_0", 2]
    assert own.values == (3, 5)
    assert axes["cache.cross_attention_cache.key_0", 2].static == 7


def test_dims_are_shared_and_derived():
    class Padded(torch.nn.Module):
        def forward(self, x, y):
            return torch.cat([x, x[:1]]) + y

    model, observer = Padded(), InputObserver()
    with observer(model):
        for rows in (3, 4, 7):
            model(torch.ones(rows, 8), torch.ones(rows + 1, 8))
    exported = observer.export(model)
    assert str(exported.dynamic_shapes["y"][0]) == "x_dim_0 + 1"
    assert isinstance(exported.dynamic_shapes["x"][0], Dim)


# ---- Bounds of the trace -------------------------------------------------------------


def test_short_prompts_are_taken():
    model, observer = Decoder(), InputObserver()
    with observer(model):
        model.generate(1, 2, 3)
        model.generate(2, 3, 3)
    exported = observer.export(model)
    assert exported.refused == ()
    assert "lowered" in exported.notes[0]
    run = exported.program.module()
    for batch, past, seq in [(1, 0, 2), (1, 1, 1), (3, 4, 2)]:
        run(*arguments(batch, past, seq, past + seq))
    with pytest.raises(AssertionError, match="Guard failed"):
        run(*arguments(1, 2, 1, 2))


def sum_of_parts(least=None):
    class Join(torch.nn.Module):
        def forward(self, x, y, z):
            return torch.cat([x, y]) + z

    shapes = {
        "x": {0: Dim("x", min=least)},
        "y": {0: Dim("y")},
        "z": {0: Dim.AUTO},
    }
    given = (torch.ones(5), torch.ones(7), torch.ones(12))
    model = Join()
    return torch.export.export(model, given, dynamic_shapes=shapes), model


def seen(least):
    """What calls of `sum_of_parts` have in common."""
    return find(
        {
            "signature": [{"name": name} for name in "xyz"],
            "observations": [
                {
                    "args": [
                        {"tensor": {"dtype": "float32", "shape": [s]}} for s in sizes
                    ]
                }
                for sizes in [(1, least - 1, least), (5, 7, 12), (3, 1, 4)]
            ],
        }
    )


def test_no_bound_goes_below_what_was_seen():
    program, model = sum_of_parts()
    relax(program, model, seen(3), lambda _: True)
    program.module()(torch.ones(1), torch.ones(2), torch.ones(3))
    with pytest.raises(AssertionError, match="Guard failed"):
        program.module()(torch.ones(1), torch.ones(1), torch.ones(2))


def test_a_bound_that_sizes_of_2_explain_goes_if_all_works():
    program, model = sum_of_parts()
    assert relax(program, model, seen(2), lambda _: False) == []
    with pytest.raises(AssertionError, match="Guard failed"):
        program.module()(torch.ones(1), torch.ones(1), torch.ones(2))
    found = relax(program, model, seen(2), lambda _: True)
    assert found == ["L['z'].size()[0] >= 2"]
    program.module()(torch.ones(1), torch.ones(1), torch.ones(2))


def test_a_bound_that_somebody_asked_for_stays():
    program, model = sum_of_parts(least=4)
    assert relax(program, model, seen(2), lambda _: True) == []
    with pytest.raises(AssertionError, match="Guard failed"):
        program.module()(torch.ones(3), torch.ones(7), torch.ones(10))


@pytest.mark.parametrize(("least", "told"), [(3, ["mask[1] >= 4"]), (1, [])])
def test_sizes_that_only_the_tracer_refuses_are_told(least, told):
    class Masked(torch.nn.Module):
        def forward(self, ids, mask, past):
            return torch.cat([past, ids], dim=1) * mask

    model, observer = Masked(), InputObserver()
    with observer(model):
        for batch, new, past in [(2, least, least), (3, 5, 4), (4, 6, 9), (3, 8, 2)]:
            model(*map(torch.ones, [(batch, new), (batch, new + past), (batch, past)]))
    exported = observer.export(model)
    notes = [note for note in exported.notes if "sizes of 0 and 1" in note]
    assert [bound for bound in told if bound in notes[0]] == told
    assert len(notes) == len(told)
    few = [torch.ones(2, size) for size in (1, 2, 1)]
    if told:
        with pytest.raises(AssertionError, match="4"):
            exported.program.module()(*few)
    else:
        exported.program.module()(*few)


class Rows(torch.nn.Module):
    """Looks up one row of the mask for each of its own; more do not matter."""

    def forward(self, x, mask):
        return x * mask[torch.arange(x.shape[0])]


def test_a_relation_is_tried_in_both_directions():
    model, observer = Rows(), InputObserver()
    with observer(model):
        for rows in (3, 5, 8):
            model(torch.ones(rows, 4), torch.ones(rows, 4))
    exported = observer.export(model)
    first = exported.hypotheses[0]
    assert str(first.relation) == "mask[0] == x[0]"
    assert (first.status, first.by) == ("unguarded", "model")
    shapes = first.relation.witness
    assert shapes["mask"][0] < shapes["x"][0]
    entries = exported.dynamic_shapes
    assert entries["x"][0] is entries["mask"][0]


class Eager(Rows):
    """Looks at the mask only where it is traced."""

    def forward(self, x, mask):
        return super().forward(x, mask) if torch.compiler.is_compiling() else x + 0


def test_what_the_program_refuses_is_needed():
    model, observer = Eager(), InputObserver()
    with observer(model):
        for rows in (3, 5, 8):
            model(torch.ones(rows, 4), torch.ones(rows, 4))
    exported = observer.export(model)
    first = exported.hypotheses[0]
    assert (first.status, first.by) == ("unguarded", "program")
    assert "the program refuses x [" in first.sentence


PROBLEM = {
    "inputs": [
        {"name": "ids", "traced": ["s0"]},
        {"name": "past", "traced": ["s1", 8]},
        {"name": "mask", "traced": ["s2"]},
        {"name": "other", "traced": ["s3"]},
    ],
    "symbols": [
        {"name": "s0", "hint": 3, "max": None},
        {"name": "s1", "hint": 4},
        {"name": "s2", "hint": 7},
        {"name": "s3", "hint": 7, "max": 9},
        {"name": "L['k']", "hint": 3, "unbacked": True},
    ],
    "guards": [],
}
MASK = "mask[0] == ids[0] + past[0]"


@pytest.mark.parametrize(
    ("relation", "witness", "kept", "found"),
    [
        (MASK, {"mask": (9,)}, (), {"past": (5, 8)}),
        (MASK, {"mask": (9,)}, ["past[0] == 4"], {"ids": (5,)}),
        (MASK, {"mask": (9,)}, ["ids[0] == k", "past[0] == 4"], {"ids": (5,), "k": 5}),
        (MASK, {"past": (9, 8)}, (), {"mask": (9,)}),
        ("other[0] == mask[0]", {"mask": (10,)}, (), {"other": (9,)}),
        ("other[0] == mask[0]", {"mask": (10,)}, ["other[0] == 7"], None),
        ("mask[0] == other[0]", {}, (), None),
        ("mask[0] == nothing[0]", {"mask": (8,)}, (), None),
    ],
)
def test_the_other_side_of_a_relation(relation, witness, kept, found):
    traced = {"ids": (3,), "past": (4, 8), "mask": (7,), "other": (7,), "k": 3}
    sizes = opposite(PROBLEM, relation, {**traced, **witness}, kept)
    assert sizes == (None if found is None else {**traced, **found})


class Sum(torch.nn.Module):
    def forward(self, parts, more=None):
        total = sum(parts)
        return total if more is None else total + more


def test_each_call_is_checked_whatever_the_others_are():
    model, observer, other = Sum(), InputObserver(), InputObserver()
    with observer(model):
        for rows in (2, 3, 5):
            model([torch.ones(rows, 8), torch.ones(rows, 8)])
    one, line = torch.ones(2, 8), torch.ones(8)
    calls = [
        ([one],),
        ([one, one], line),
        ([one, torch.ones(1, 8)],),
        ((one, one),),
        ([torch.ones(2, 7), torch.ones(2, 7)],),
        ([line, line],),
        ([one, one, one],),
        ([one, one],),
        ([one, 3],),
    ]
    with other(model, store_n_calls=len(calls)):
        for call in calls:
            model(*call)
    program = observer.export(model).program
    refused = {r.call: r.messages for r in check(program, other).refused}
    assert sorted(refused) == [0, 1, 2, 3, 4, 5, 6, 8]
    assert refused[0] == ("parts is a list of 1; for this program it is a list of 2",)
    assert refused[3] == ("parts is a tuple of 2; for this program it is a list of 2",)
    assert refused[5][0] == "parts[0] has 1 axis; the program takes 2"
    assert refused[8] == (
        "parts[1] is a whole number; for this program it is a tensor",
    )


def test_a_result_of_export_is_a_program_to_check():
    model, observer = torch.nn.Linear(4, 2), InputObserver()
    with observer(model):
        for rows in (3, 5, 9):
            model(torch.ones(rows, 4))
    exported = observer.export(model)
    assert check(exported, observer).ok
    assert "Hypotheses" not in exported.text()
    with pytest.raises(TypeError, match="the program comes first, and this is Input"):
        check(observer, exported)


def test_messages_say_what_to_do():
    model, observer = torch.nn.Linear(4, 2), InputObserver()
    with pytest.raises(ObservedExportError, match="inside `with observer"):
        observer.export(model)
    with pytest.raises(TypeError, match="a dict of values by name or position"):
        InputObserver(value_if_missing=torch.ones(2, 2))
    with pytest.raises(ValueError, match="has no method 'forward': give the object"):
        observer(torch.relu).__enter__()
    with observer(model):
        model(torch.ones(3, 4))
    with pytest.raises(TypeError, match=r"is a set: \{'input'\}"):
        observer.remove_inputs("input")
    with pytest.raises(ValueError, match="take another observer"):
        observer(Rows()).__enter__()
    with pytest.raises(ValueError, match="plan is 1; there is 1 plan, counted from 0"):
        observer.export(model, plan=1)
    with pytest.raises(ObservedExportError, match="Rows is not what was observed"):
        observer.export(Rows())


@pytest.mark.parametrize("text", ["hello", '{"observations": 3}', "[1]", "{}"])
def test_a_file_without_calls(tmp_path, text):
    path = tmp_path / "calls.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"calls\.json holds no recorded calls"):
        InputObserver.load(path)


class Layers(torch.nn.Module):
    """Many tensors of one batch, as guards say, which the mask must have too."""

    def forward(self, mask, *layers):
        total = sum(layer.sum(1) for layer in layers)
        return total * mask[torch.arange(total.shape[0])]


class Apart(Layers):
    """The same, each tensor with a batch of its own."""

    def forward(self, mask, *layers):
        return [layer.sum(1) * mask[torch.arange(layer.shape[0])] for layer in layers]


@pytest.mark.parametrize(("kind", "untried"), [(Layers, 0), (Apart, 17)])
def test_so_many_sizes_are_tried_and_each_once(kind, untried):
    model, observer = kind(), InputObserver()
    with observer(model):
        for rows in (3, 5, 8):
            model(torch.ones(rows), *(torch.ones(rows, n) for n in range(20, 60)))
    hypotheses = observer.export(model).hypotheses
    assert len(hypotheses) == 40
    assert [h.status for h in hypotheses].count("unguarded") == 40 - untried
    assert [h.tried for h in hypotheses].count(False) == untried
