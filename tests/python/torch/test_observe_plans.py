"""Calls of several structures: a program for each, and every call has one."""

from __future__ import annotations

import inspect

import pytest
import torch

from dimsat.observe import InputObserver, check


def observed(model, calls, **options):
    """An observer of these calls, and what the model gave for each."""
    observer = InputObserver(**options)
    with observer(model, store_n_calls=len(calls)):
        return observer, [model(*args, **kwargs) for args, kwargs in calls]


def named(model, args, kwargs):
    """A call with a name for each argument, defaults included."""
    bound = inspect.signature(model.forward).bind(*args, **kwargs)
    bound.apply_defaults()
    return dict(bound.arguments)


def run(model, exported, given):
    """Runs a program, which takes its arguments in one way only."""
    names = list(inspect.signature(model.forward).parameters)[: len(exported.args)]
    by_name = {name: given[name] for name in exported.kwargs}
    return exported.program.module()(*(given[name] for name in names), **by_name)


def serve(model, observer, calls, results, instead=lambda name, call: None):
    """Exports all plans, and runs each call in the program of its plan."""
    exported = observer.export_all(model)
    for one in exported:
        outside = {refusal.call for refusal in one.refused}
        assert outside == set(range(len(calls))) - set(one.plan.calls), one.text()
        for index in one.plan.calls:
            call = named(model, *calls[index])
            given = {
                name: instead(name, call) if value is None else value
                for name, value in call.items()
            }
            found = run(model, one, given)
            torch.testing.assert_close(found, results[index])
    served = [call for one in exported for call in one.plan.calls]
    assert sorted(served) == list(range(len(calls)))
    return exported


class Multimodal(torch.nn.Module):
    """Pixels come with the prompt, the cache with what follows."""

    def __init__(self):
        super().__init__()
        self.words = torch.nn.Embedding(32, 8)
        self.patches = torch.nn.Linear(12, 8)

    def forward(self, ids, mask, pixels=None, past=None):
        new = self.words(ids)
        if pixels is not None:
            new = torch.cat([self.patches(pixels.flatten(2)), new], dim=1)
        keys = new if past is None else torch.cat([past, new], dim=1)
        scores = new @ keys.transpose(1, 2) + mask[:, None].float()
        return scores.softmax(-1) @ keys, keys


def generated(model):
    calls = []
    for batch, prompt, images in [(1, 7, 3), (2, 5, 4), (3, 9, 2)]:
        past, ids = None, torch.ones(batch, prompt, dtype=torch.int64)
        for step in range(3):
            call = {"ids": ids, "mask": torch.ones(batch, images + prompt + step)}
            if step == 0:
                call["pixels"] = torch.randn(batch, images, 3, 4)
            else:
                call["past"] = past
            calls.append(((), call))
            past, ids = model(**call)[1], ids[:, :1]
    return calls


def test_pixels_with_the_prompt_and_a_cache_after_it():
    model = Multimodal()
    calls = generated(model)
    observer, results = observed(model, calls)
    decode, prefill = serve(model, observer, calls, results)
    assert prefill.plan.calls == (0, 3, 6)
    assert prefill.plan.arguments == {"pixels": "given", "past": "not given"}
    assert decode.plan.calls == (1, 2, 4, 5, 7, 8)
    text = decode.text()
    assert text.startswith("exported; the program takes 6 of 9 recorded calls\n")
    typed = "calls 0, 3, 6 (pixels given; past not given): export(model, plan=1)"
    assert typed in text
    assert "sizes of a recorded call" not in text  # those of its plan tell enough
    assert "is no axis of the program" not in text + prefill.text()
    assert decode.refused[0].messages[0] == (
        "pixels is given; for this program it is not given"
    )


class Masked(torch.nn.Module):
    def forward(self, x, mask=None):
        return 2 * x if mask is None else x * mask


def masked_calls():
    sizes = [(2, 5), (3, 7), (4, 8), (6, 9)]
    by_name = [((torch.randn(s),), {"mask": torch.rand(s)}) for s in sizes[:2]]
    by_place = [((torch.randn(s), torch.rand(s)), {}) for s in sizes[2:3]]
    without = [((torch.randn(s),), {}) for s in sizes[3:]]
    return [*without, *by_name, *by_place]


def test_a_mask_in_some_calls_only():
    model, calls = Masked(), masked_calls()
    observer, results = observed(model, calls)
    assert [str(plan) for plan in observer.plans()] == [
        "calls 1 to 3 (mask given)",
        "call 0 (mask not given)",
    ]
    _, bare = serve(model, observer, calls, results)
    run(model, bare, {"x": torch.ones(3, 11)})  # sizes vary in the other calls


class Doubled(torch.nn.Module):
    def forward(self, x, mask=None):
        return x if mask is None else x * mask


def test_value_if_missing_joins_calls():
    model, calls = Doubled(), masked_calls()
    missing = {"mask": torch.ones(0, 5)}
    observer, results = observed(model, calls, value_if_missing=missing)
    (exported,) = serve(
        model, observer, calls, results, lambda _, call: torch.ones_like(call["x"])
    )
    assert exported.plan.filled == {"mask": (0,)}
    assert "call 0: the program takes mask as value_if_missing says" in exported.text()


def test_value_if_missing_of_another_dtype_joins_nothing():
    model, calls = Doubled(), masked_calls()
    missing = {"mask": torch.ones(0, 5, dtype=torch.int64)}
    observer, results = observed(model, calls, value_if_missing=missing)
    assert len(serve(model, observer, calls, results)) == 2


class Flagged(torch.nn.Module):
    def forward(self, x, negative=False, scale=1.0, mode="sum"):
        y = -x if negative else x
        return scale * (y.sum(-1) if mode == "sum" else y.mean(-1))


def test_constants_are_burned_in():
    model = Flagged()
    x = [torch.randn(n, 4) for n in (2, 3, 5, 7, 8)]
    calls = [
        ((x[0],), {}),
        ((x[1], False), {"mode": "sum"}),
        ((x[2],), {"negative": True}),
        ((x[3],), {"scale": 2.0}),
        ((x[4],), {"mode": "mean"}),
    ]
    observer, results = observed(model, calls)
    exported = serve(model, observer, calls, results)
    assert [one.plan.calls for one in exported] == [(0, 1), (2,), (3,), (4,)]
    rows = named(model, (torch.randn(11, 4),), {"scale": 2.0})  # rows of all calls
    run(model, exported[2], rows)
    refused = check(exported[1].program, observer)
    said = {refusal.call: refusal.messages for refusal in refused.refused}
    assert sorted(said) == [0, 1, 3, 4]
    assert "negative is False; for this program it is True" in said[0]


class Counted(torch.nn.Module):
    def forward(self, past_key, x):
        return x if past_key is None else torch.cat([past_key, x], dim=1)


def test_a_cache_that_is_none_first_is_one_of_length_0():
    model = Counted()
    calls = [((None, torch.randn(2, 3, 4)), {})]
    calls += [((torch.randn(n, n + 1, 4), torch.randn(n, 2, 4)), {}) for n in (2, 3, 5)]
    observer, results = observed(model, calls)
    (exported,) = serve(
        model, observer, calls, results, lambda _, call: call["x"][:, :0]
    )
    assert exported.plan.empty == {"past_key": (0,)}
    assert "call 0: the program takes an empty past_key, of length 0" in exported.text()


class Summed(torch.nn.Module):
    def forward(self, x, parts, scale):
        return scale * x.sum() + sum(part.sum() for part in parts)


def test_ranks_and_lists_of_another_length():
    model = Summed()
    shapes = [((2, 3), 1), ((4, 3), 1), ((2, 3, 4), 1), ((5, 3, 4), 1), ((2, 3), 2)]
    calls = [
        (
            (torch.randn(shape), [torch.randn(shape[0]) for _ in range(count)]),
            {"scale": torch.randn(index + 6)},
        )
        for index, (shape, count) in enumerate(shapes)
    ]
    observer, results = observed(model, calls)
    exported = serve(model, observer, calls, results)
    assert [one.plan.calls for one in exported] == [(4,), (0, 1), (2, 3)]


def test_a_plan_that_is_none():
    model, calls = Masked(), masked_calls()
    observer, _ = observed(model, calls)
    with pytest.raises(ValueError, match="plan is 2; there are 2 plans"):
        observer.export(model, plan=2)


def test_a_saved_observer_plans_the_same(tmp_path):
    model, calls = Doubled(), masked_calls()
    observer, _ = observed(model, calls, value_if_missing={"mask": torch.ones(0, 5)})
    observer.save(tmp_path / "calls.json")
    assert "#" not in (tmp_path / "calls.json").read_text()
    loaded = InputObserver.load(tmp_path / "calls.json")
    assert [str(plan) for plan in loaded.plans()] == ["calls 0 to 3"]
    assert loaded.plans() == observer.plans()


class Tail(torch.nn.Module):
    def forward(self, x, k=0):
        return x[:, -k:] * 2 if k else x.view(-1, 4)


class Repeated(torch.nn.Module):
    def forward(self, x, k=2):
        return sum(x for _ in range(k)) + torch.ones(4)


class Times(torch.nn.Module):
    def forward(self, x, k=2):
        return x * k


def numbered(model, numbers):
    """Calls with each number, and without one."""
    calls = [
        ((torch.randn(n, 4), *number), {})
        for n in (3, 5, 8)
        for number in [(), *((number,) for number in numbers)]
    ]
    return calls, *observed(model, calls)


@pytest.mark.parametrize(
    ("model", "numbers"), [(Tail(), (1, 2, 3)), (Repeated(), (3,)), (Times(), (1, 5))]
)
def test_a_whole_number_that_the_program_refuses_is_told(model, numbers):
    calls, observer, results = numbered(model, numbers)
    exported = observer.export(model)
    refused = set()
    for index, (args, _) in enumerate(calls):
        try:
            run(model, exported, named(model, args, {}))
        except AssertionError:
            refused.add(index)
    assert {refusal.call for refusal in exported.refused} == refused
    assert refused if numbers != (1, 5) else not refused
    serve(model, observer, calls, results)


def test_numbers_that_are_open_share_a_program():
    calls, observer, results = numbered(Tail(), (1, 2, 3))
    exported = serve(Tail(), observer, calls, results)
    arguments = [one.plan.arguments["k"] for one in exported]
    assert arguments == ["another whole number", "0"]
    assert "constants={'k': [0]}" in observer.export(Tail()).text()
    again = "calls 0, 4, 8 (k 0): export(model, plan=1, constants={'k': [0]})"
    assert again in exported[0].text()
