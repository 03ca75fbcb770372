"""Calls of real modules are recorded, and nothing of the module stays changed."""

from __future__ import annotations

import contextlib
import inspect

import pytest
import torch
from torch.export import Dim

from dimsat.observe import (
    Calls,
    InputObserver,
    ModelInputs,
    guess_dynamic_shapes_from_inputs,
)
from dimsat.observe import all_dynamic_shapes_from_inputs as all_shapes

D = Dim.DYNAMIC


class Add(torch.nn.Module):
    def forward(self, x, y=None, *, scale: float = 1.0):
        return x * scale if y is None else x * scale + y


class Rest(torch.nn.Module):
    def forward(self, *args, **kwargs):
        return args


def observed(*calls, **options):
    model, observer = Add(), InputObserver(**options)
    with observer(model):
        for args, kwargs in calls:
            model(*args, **kwargs)
    return observer


def pair(rows, columns=4):
    return (torch.ones(rows, columns), torch.ones(rows, columns))


def test_what_varied_is_dynamic():
    observer = observed((pair(2), {}), (pair(3), {}), (pair(5), {}))
    assert observer.num_obs() == 3
    assert observer.infer_dynamic_shapes() == ({0: D}, {0: D})
    assert [v.shape for v in observer.infer_arguments(1)] == [(3, 4), (3, 4)]


def test_the_first_calls_count_and_the_new_ones_are_found():
    calls = [((torch.ones(2, 4),), {})] * 5 + [((torch.ones(7, 4),), {})]
    observer = observed(*calls)
    assert observer.num_obs() == 3
    assert observer.infer_dynamic_shapes() == ({},)
    assert len(observer.calls) == 4
    assert observer.findings().axes[0].values == (2, 2, 2, 7)


def test_new_arguments_come_back_as_themselves():
    observer = observed((pair(2), {}), (pair(3), {}))
    x = torch.full((6, 4), 7.0)
    found = observer.infer_arguments((x,))
    assert found[0] is x
    assert found[1].shape == (0, 4)


def test_a_value_for_what_is_missing_is_the_users_own():
    y = torch.full((1, 4), 3.0)
    observer = InputObserver(value_if_missing={"y": y})
    model = Add()
    with observer(model):
        model(x=torch.ones(2, 4))
        model(x=torch.ones(3, 4), y=torch.ones(1, 4))
    assert observer.infer_arguments(0)["y"] is y


def test_a_value_of_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="nothing"):
        observed(((torch.ones(2),), {}), value_if_missing={"nothing": 1})


def test_asking_before_any_block_is_an_error():
    with pytest.raises(RuntimeError):
        InputObserver().infer_dynamic_shapes()


# ---- The method comes back -----------------------------------------------------


def test_the_signature_stays_and_the_method_comes_back():
    model, observer = Add(), InputObserver()
    before = inspect.signature(model.forward)
    with observer(model):
        assert inspect.signature(model.forward) == before
    assert "forward" not in vars(model)


def test_the_method_comes_back_after_an_error():
    model, observer = Add(), InputObserver()
    with pytest.raises(RuntimeError), observer(model):
        model(torch.ones(2), torch.ones(3))
    assert "forward" not in vars(model)
    assert observer.is_empty()


def test_blocks_may_end_in_any_order():
    model = Add()
    one, other = InputObserver(), InputObserver()
    first, second = contextlib.ExitStack(), contextlib.ExitStack()
    first.enter_context(one(model))
    second.enter_context(other(model))
    model(torch.ones(2))
    first.close()
    model(torch.ones(3))
    second.close()
    assert "forward" not in vars(model)
    assert (one.num_obs(), other.num_obs()) == (1, 2)


def test_an_own_forward_comes_back():
    model = Add()
    own = model.forward = lambda x: x
    with InputObserver()(model):
        model(torch.ones(2))
    assert model.forward is own


def test_a_second_block_adds_calls():
    model, observer = Add(), InputObserver()
    for rows in (2, 3):
        with observer(model, store_n_calls=1):
            model(torch.ones(rows))
            model(torch.ones(rows + 10))
    assert observer.num_obs() == 2
    assert observer.infer_dynamic_shapes() == ({0: D},)


def test_another_method():
    class Model:
        def encode(self, x):
            return x

    model, observer = Model(), InputObserver()
    with observer(model, method_name="encode"):
        model.encode(torch.ones(2))
    assert observer.num_obs() == 1
    with pytest.raises(ValueError, match="decode"), observer(model, 3, "decode"):
        pass


def test_a_method_is_exported():
    class Model(torch.nn.Module):
        def encode(self, x, y):
            return x * y

    model, observer = Model(), InputObserver()
    with observer(model, method_name="encode"):
        for rows in (3, 5, 9):
            model.encode(torch.ones(rows, 4), y=torch.ones(rows, 1))
    program = observer.export(model).program
    assert program.module()(torch.ones(7, 4), y=torch.ones(7, 1)).shape == (7, 4)
    assert "forward" not in vars(model)


def test_what_cannot_be_replaced_or_exported_is_told():
    class Slots:
        __slots__ = ()

        def run(self, x):
            return x

    class Plain:
        def run(self, x):
            return x

    with pytest.raises(ValueError, match="__slots__"):
        InputObserver()(Slots(), method_name="run").__enter__()
    plain, observer = Plain(), InputObserver()
    with observer(plain, method_name="run"):
        plain.run(torch.ones(2))
    with pytest.raises(TypeError, match="Plain is none"):
        observer.export(plain)


def test_a_trace_is_no_call():
    model, observer = Add(), InputObserver()
    with observer(model):
        shapes = {"x": {0: Dim.DYNAMIC}}
        torch.export.export(model, (torch.ones(4),), dynamic_shapes=shapes)
    assert observer.is_empty()


def test_inputs_can_be_removed():
    by_position = [(pair(n), {}) for n in (2, 5)]
    by_name = [((), {"x": x, "y": y}) for (x, y), _ in by_position]
    for names in ({"y"}, [1]):
        for calls in (by_position, by_name):
            observer = observed(*calls)
            observer.remove_inputs(names)
            shapes = observer.infer_dynamic_shapes()
            assert shapes == (({0: D},) if calls[0][0] else {"x": {0: D}})
            assert len(observer.infer_arguments()) == 1
            assert observer.num_obs() == 2
    observer.remove_inputs(["other"])
    assert [a.argument for a in observer.findings().axes] == ["x", "x"]


def test_values_for_missing_inputs_go_with_them():
    given = {"y": torch.ones(0, 4), 0: torch.ones(1, 4), 1: torch.ones(5, 4)}
    observer = InputObserver(given)
    with observer(model := Add()):
        model(*pair(2))
    observer.remove_inputs({0})
    assert list(observer.calls.options["value_if_missing_pos"]) == ["0"]
    assert observer.infer_arguments(0)["y"].shape == (0, 4)
    observer.remove_inputs({"y"})
    assert observer.calls.options == {}
    assert observer.infer_dynamic_shapes() == ()


def test_variadic_inputs_cannot_be_removed():
    observer = InputObserver()
    with pytest.raises(RuntimeError):
        observer.remove_inputs({"x"})
    with observer(rest := Rest()):
        rest(torch.ones(2), torch.ones(3))
    for name in ("args", "kwargs"):
        with pytest.raises(ValueError, match=name):
            observer.remove_inputs({name})


# ---- Keeping ---------------------------------------------------------------------


def test_what_was_saved_is_loaded_and_merged(tmp_path):
    one = observed((pair(2), {}))
    other = observed((pair(5), {}))
    one.save(tmp_path / "one.json")
    loaded = InputObserver.load(tmp_path / "one.json")
    assert loaded.to_json() == one.to_json()
    loaded.merge(other)
    loaded.merge(tmp_path / "one.json")
    assert loaded.num_obs() == 3
    assert loaded.infer_dynamic_shapes() == ({0: D}, {0: D})


def test_numbers_beyond_64_bits(tmp_path):
    class Seeded(torch.nn.Module):
        def forward(self, x, seed=0):
            return x

    model, observer = Seeded(), InputObserver()
    with observer(model):
        model(torch.ones(2), 2**64 - 1)
        model(torch.ones(3), seed=10**400)
    observer.save(tmp_path / "calls.json")
    again = InputObserver.load(tmp_path / "calls.json")
    assert again.findings().axes[-1].values == (2**64 - 1, 10**400)


def test_json_lines_are_merged(tmp_path):
    lines = [observed((pair(rows), {})).to_json() for rows in (2, 3)]
    (tmp_path / "all.jsonl").write_text("\n".join(lines) + "\n")
    assert len(Calls.load(tmp_path / "all.jsonl")) == 2


def test_calls_of_another_function_are_not_merged():
    other = InputObserver()
    with other(torch.nn.Linear(2, 2)):
        pass
    with pytest.raises(ValueError, match="signatures"):
        observed((pair(2), {})).merge(other)


# ---- Plain inputs ------------------------------------------------------------------


def test_inputs_by_position_by_name_and_both():
    x, y = torch.ones(5, 6), torch.ones(1, 6)
    u, v = torch.ones(7, 8), torch.ones(1, 8)
    guess = {0: D, 1: D}, {1: D}
    by_position = ModelInputs(Add(), [(x, y), (u, v)])
    assert by_position.guess_dynamic_shapes() == (guess, {})
    by_name = ModelInputs(Add(), [{"x": x, "y": y}, {"x": u, "y": v}])
    named = {"x": guess[0], "y": guess[1]}
    assert by_name.guess_dynamic_shapes() == ((), named)
    mixed = ModelInputs(Add(), [((x,), {"y": y}), ((u,), {"y": v})])
    shapes = mixed.guess_dynamic_shapes()
    assert shapes == (guess[:1], {"y": guess[1]})
    args, kwargs, moved = mixed.move_to_kwargs(*mixed.inputs[0], shapes)
    assert args[0] is x
    assert kwargs["y"] is y
    assert moved == ((), named)


def test_inputs_without_a_model():
    inputs = [{"y": torch.ones(n, 2), "x": torch.ones(3)} for n in (2, 5)]
    shapes = guess_dynamic_shapes_from_inputs(inputs, auto="d")
    assert shapes == ((), {"y": {0: "d_1I0"}, "x": {}})
    assert list(shapes[1]) == ["y", "x"]


def test_moved_names_come_in_the_order_of_the_signature():
    inputs = ModelInputs(Add(), [{"y": torch.ones(1, 6), "x": torch.ones(5, 6)}])
    kwargs = inputs.inputs[0][1]
    _, kwargs, moved = inputs.move_to_kwargs((), kwargs, ((), {"y": {}, "x": {0: D}}))
    assert list(kwargs) == ["x", "y"]
    assert list(moved[1]) == ["x", "y"]


def test_dynamic_axes_of_0_or_1_are_invalid():
    calls = [((torch.ones(1, 0),), {"y": torch.ones(1, n)}) for n in (1, 3)]
    both = ModelInputs(Add(), calls).validate_inputs_for_export
    assert both() == [{"x": {1: "d=[0]"}, "y": {1: "d=[1]"}}, {"x": {1: "d=[0]"}}]
    rows = {0: Dim("rows"), 1: Dim.STATIC}
    assert both({"x": rows, "y": {1: 1}}) == [{"x": {0: "d=[1]"}}] * 2
    assert both(((rows,), {"y": {}})) == [{"x": {0: "d=[1]"}}] * 2
    one = ModelInputs(Add(), [(torch.ones(1, 2), [torch.ones(2)])])
    validate = one.validate_inputs_for_export
    assert validate() == []
    assert validate((rows, [{0: "d"}])) == [({0: "d=[1]"}, None)]
    with pytest.raises(AssertionError, match="'y'"):
        validate((rows, [{0: "d"}, {}]))
    with pytest.raises(TypeError):
        validate([rows])


def test_every_axis_has_a_name():
    inputs = {"x": torch.ones(2, 3), "y": [torch.ones(1)]}
    assert all_shapes(inputs) == {
        "x": {0: "d_0_0", 1: "d_0_1"},
        "y": [{0: "d_1_0"}],
    }
    assert all_shapes((torch.ones(2),), Dim.AUTO) == ({0: Dim.AUTO},)
