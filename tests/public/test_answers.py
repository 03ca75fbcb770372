"""What `ask` answers: names of axes, forms of questions, refusals, marks.

test_observed.py compares with the tools themselves; here is what their data has
no place for.

usage: test_answers.py COMMAND [TEST...]
"""

import json

from command_test import CommandTest, main


def tensor(*shape):
    return {"tensor": {"dtype": "float32", "shape": list(shape)}}


def call(*args, **kwargs):
    return {"args": list(args), "kwargs": kwargs}


def dims(**names):
    """The shapes of a tensor: a0="batch" names axis 0, None is DYNAMIC."""
    return {
        "dims": {
            key[1:]: {"name": name} if name else {"dim": "DYNAMIC"}
            for key, name in names.items()
        }
    }


X_Y = [call(tensor(5, 6), tensor(1, 6)), call(tensor(7, 8), tensor(1, 8))]


class Answers(CommandTest):
    def ask(self, calls, *questions, names="xyz", **more):
        """The answers to (function, kwargs) about calls."""
        recording = {
            "signature": [{"name": n} if isinstance(n, str) else n for n in names],
            "observations": calls,
            "ask": [
                {"function": f, **({"kwargs": k} if k is not None else {})}
                for f, k in questions
            ],
            **more,
        }
        done = self.assert_exit(
            0, "observe", "--format", "json", "-", text=json.dumps(recording)
        )
        return json.loads(done.out)["answers"]

    def result(self, calls, function, kwargs=None, **more):
        """The only answer, which is a result without a mark."""
        answer = self.ask(calls, (function, kwargs), **more)[0]
        self.assertEqual(list(answer), ["result"], answer)
        return answer["result"]

    def better(self, calls, function, kwargs=None, **more):
        """The only answer, which is marked."""
        answer = self.ask(calls, (function, kwargs), **more)[0]
        self.assertEqual(list(answer), ["result", "better"], answer)
        self.assertRegex(answer["better"], r"^[a-z*].{20,}[^.]$")
        return answer["result"]

    def refused(self, kind, calls, function, kwargs=None, **more):
        """The message of the only answer, an error of that type."""
        answer = self.ask(calls, (function, kwargs), **more)[0]
        self.assertEqual(answer.get("error", {}).get("type"), kind, answer)
        self.assertGreater(len(answer["error"]["message"]), 15)
        return answer["error"]["message"]


class Names(Answers):
    def names(self, *calls, given=True, **more):
        kwargs = {"dim_names": given}
        return self.result(list(calls), "infer_dynamic_shapes", kwargs, **more)

    def test_first_axis_of_equal_sizes_names_all(self):
        found = self.names(*X_Y)
        x, y = dims(a0="x_dim_0", a1="x_dim_1"), dims(a1="x_dim_1")
        self.assertEqual(found, {"tuple": [x, y]})

    def test_known_names(self):
        calls = [
            call(input_ids=tensor(2, n), attention_mask=tensor(2, n + 4))
            for n in (3, 5)
        ]
        found = self.names(*calls, names=["input_ids", "attention_mask"])["dict"]
        self.assertEqual(found["input_ids"], dims(a1="sequence_length"))
        self.assertEqual(found["attention_mask"], dims(a1="total_sequence_length"))

    def test_given_names(self):
        wanted = {"tuple": [dims(a0="batch", a1="x_dim_1"), dims(a1="seq")]}
        for given in (
            {"x": {"0": "batch"}, "y": {"1": "seq"}},
            {"0": {"0": "batch"}, "1": {"1": "seq"}},
            {"dict": {"x": {"dims": {"0": {"name": "batch"}}},
                      "y": {"dims": {"1": {"name": "seq"}}}}},
        ):
            self.assertEqual(self.names(*X_Y, given=given), wanted, given)

    def test_tensors_of_one_argument_keep_their_own(self):
        def lists(n, m):
            return call({"list": [tensor(n, 3), tensor(m, 3)]})

        found = self.better(
            [lists(2, 5), lists(4, 6)], "infer_dynamic_shapes",
            {"dim_names": True},
        )
        first, second = found["tuple"][0]["list"]
        self.assertEqual(first, dims(a0="x_dim_0"))
        self.assertEqual(second, dims(a0="x_dim_0_2"))

    def test_what_is_not_there_names_nothing(self):
        """value_if_missing by name stands over y, whose sizes are other ones."""
        options = {"value_if_missing": {"y": tensor(0, 6)}}
        kwargs = {"dim_names": True, "set_batch_dimension_for": True}
        found = self.result(X_Y, "infer_dynamic_shapes", kwargs, options=options)
        self.assertEqual(found["dict"]["y"], dims(a0="y_dim_0"))

    def test_too_many(self):
        calls = [
            call({"list": [tensor(n, n, n)] * 1366}) for n in (2, 3)
        ]
        kwargs = {"dim_names": True}
        says = self.ask(calls, ("infer_dynamic_shapes", kwargs))[0]["error"]
        self.assertEqual(says["type"], "ValueError")
        self.assertIn("4098 axes", says["message"])

    def test_sizes_of_other_calls_are_no_reason(self):
        """x is (5, 6) in calls 0 and 1, y in calls 1 and 2: they never agree."""
        calls = [
            call(x=tensor(5), z=tensor(1)),
            call(x=tensor(6), y=tensor(5), z=tensor(1)),
            call(y=tensor(6), z=tensor(1)),
        ]
        found = self.better(calls, "infer_dynamic_shapes", {"dim_names": True})
        self.assertEqual(found["dict"]["x"], dims(a0="x_dim_0"))
        self.assertEqual(found["dict"]["y"], dims(a0="y_dim_0"))


class Questions(Answers):
    def test_all_functions(self):
        functions = [
            "num_obs", "infer_dynamic_shapes", "infer_arguments",
            "guess_dynamic_shapes", "guess_dynamic_shapes_from_inputs",
            "move_to_kwargs", "all_dynamic_shapes_from_inputs",
            "all_dynamic_shape_from_inputs", "get_auto_dynamic_shapes",
            "dynamic_shapes",
        ]
        asked = [(f, None) for f in functions]
        answers = self.ask(X_Y, *asked, names="xy")
        self.assertEqual([list(a) for a in answers], [["result"]] * len(functions))
        self.assertEqual(answers[0]["result"], 2)
        self.assertEqual(answers[6], answers[7])

    def test_calls_as_they_are_written(self):
        for text, plain in (
            ("ModelInputs(model, inputs).guess_dynamic_shapes", "guess_dynamic_shapes"),
            ("move_to_kwargs(*inputs[0], ds)", "move_to_kwargs"),
        ):
            self.assertEqual(self.result(X_Y, text), self.result(X_Y, plain))
        every = "all_dynamic_shapes_from_inputs"
        mixed = [call(tensor(5), y=tensor(6))]
        args = {"tuple": [dims(a0="d_0_0")]}
        kwargs = {"dict": {"y": dims(a0="d_0_0")}}
        self.assertEqual(self.result(mixed, f"{every}(args of call 0)"), args)
        self.assertEqual(self.result(mixed, every, {"inputs": "args"}), args)
        self.assertEqual(self.result(mixed, f"{every}(kwargs of call 0)"), kwargs)
        self.assertEqual(self.result(mixed, every, {"inputs": "kwargs"}), kwargs)
        both = self.result(mixed, every, {"dim_prefix": "s"})["tuple"]
        self.assertEqual(both[0], {"tuple": [dims(a0="s_0_0")]})
        self.assertEqual(both[1], {"dict": {"y": dims(a0="s_1_0")}})
        other = {"inputs": {"list": [tensor(2, 2)]}}
        shapes = self.result(mixed, every, other)["list"]
        self.assertEqual(shapes, [dims(a0="d_0_0", a1="d_0_1")])

    def test_arguments_by_position(self):
        recording = {
            "signature": [{"name": "x"}],
            "observations": [call(tensor(5)), call(tensor(7))],
            "ask": [
                {"function": "infer_arguments", "args": [1], "library": "torch"},
                {"function": "infer_arguments", "kwargs": {"index": 1}},
                {"function": "num_obs", "args": [1]},
            ],
        }
        done = self.assert_exit(
            0, "observe", "--format", "json", "-", text=json.dumps(recording)
        )
        one, two, three = json.loads(done.out)["answers"]
        self.assertEqual(one, {"result": {"tuple": [tensor(7)]}})
        self.assertEqual(one, two)
        self.assertEqual(three["error"]["type"], "TypeError")

    def test_new_arguments(self):
        kwargs = {"index_or_args_or_kwargs": {"tuple": [tensor(2, 3)]}}
        found = self.result(X_Y, "infer_arguments", kwargs)["tuple"]
        self.assertEqual(found, [tensor(2, 3), tensor(1, 0)])

    def test_nothing_asked(self):
        self.assertEqual(self.ask(X_Y), [])
        recording = {"signature": [], "observations": []}
        done = self.run_command(
            "observe", "--format", "json", "-", text=json.dumps(recording)
        )
        self.assertNotIn("answers", json.loads(done.out))

    def test_as_text(self):
        recording = {
            "signature": [{"name": "x"}],
            "observations": [call(tensor(5))],
            "ask": [{"function": "num_obs"}, {"function": "\x1b[31m"}],
        }
        done = self.assert_exit(0, "observe", "-", text=json.dumps(recording))
        self.assertIn('\nAnswers:\n  "num_obs": {"result": 1}\n', done.out)
        self.assertNotIn("\x1b", done.out)


    def test_first_call_and_others(self):
        """AdditionalInputs: sizes and numbers may vary, nothing else."""
        calls = [call(tensor(n, 2), y=n, z="a") for n in (3, 4)]
        found = self.result(calls, "dynamic_shapes")["dict"]
        self.assertEqual(found["x"], {"tuple": [{"dim": "DYNAMIC"}, None]})
        self.assertEqual(found["y"], {"dim": "DYNAMIC"})
        self.assertIsNone(found["z"])
        calls[1]["kwargs"]["z"] = "b"
        says = self.refused("ValueError", calls, "dynamic_shapes")
        self.assertIn("'z'", says)
        for wrong in (call(1, 2, 3, 4), call(1, x=1, y=1, z=1), call(w=1)):
            self.refused("TypeError", [wrong], "dynamic_shapes")


class Refused(Answers):
    def test_unknown(self):
        says = self.refused("NotImplementedError", X_Y, "num_observations")
        self.assertIn("num_obs", says)
        for kind in ({"other": 1}, {"dim_name": True}):
            says = self.refused("TypeError", X_Y, "infer_dynamic_shapes", kind)
            self.assertIn(next(iter(kind)), says)

    def test_wrong_kinds(self):
        for function, kwargs in (
            ("infer_dynamic_shapes", {"set_batch_dimension_for": "x"}),
            ("infer_dynamic_shapes", {"set_batch_dimension_for": 3}),
            ("guess_dynamic_shapes", {"auto": 3}),
            ("all_dynamic_shapes_from_inputs", {"dim_prefix": 3}),
        ):
            self.refused("TypeError", X_Y, function, kwargs)
        self.refused("ValueError", X_Y, "infer_arguments", {"index": "x"})
        for options in (
            {"value_if_missing": [1]},
            {"value_if_missing_pos": 7},
            {"value_if_missing_pos": {"x": 7}},
            {"store_n_calls": "3"},
        ):
            self.refused("TypeError", X_Y, "num_obs", options=options)

    def test_no_calls(self):
        self.assertEqual(self.result([], "num_obs"), 0)
        self.refused("RuntimeError", [], "infer_dynamic_shapes")
        self.refused("RuntimeError", [], "infer_arguments")
        self.refused("IndexError", [], "move_to_kwargs")
        self.refused("IndexError", [], "all_dynamic_shapes_from_inputs")
        self.refused("RuntimeError", X_Y, "infer_arguments", {"index": 2})

    def test_messages_name_argument_and_calls(self):
        ranks = [call(tensor(5)), call(tensor(5)), call(tensor(5, 6))]
        says = self.refused("RuntimeError", ranks, "infer_dynamic_shapes")
        for word in ("'x'", "rank 1", "call 0", "rank 2", "call 2"):
            self.assertIn(word, says)
        says = self.refused("AssertionError", ranks, "guess_dynamic_shapes")
        for word in ("'x'", "rank 1", "rank 2"):
            self.assertIn(word, says)
        numbers = [call(tensor(5), 2), call(tensor(7), 2)]
        says = self.refused("RuntimeError", numbers, "infer_dynamic_shapes")
        self.assertIn("'y'", says)
        flags = [call(x=tensor(5), y=flag) for flag in (True, False)]
        signature = ["x", {"name": "y", "default": True}]
        says = self.refused(
            "RuntimeError", flags, "infer_dynamic_shapes", names=signature
        )
        self.assertIn("'y'", says)

    def test_objects_that_are_no_caches(self):
        """They are lists of their items, None among them, and keep their class."""

        def pair(n):
            return {"class": "Pair", "items": [tensor(n, 3), tensor(2, n)]}

        calls = [call(pair(n), tensor(n)) for n in (2, 5)]
        both = {"list": [dims(a0=None), dims(a1=None)]}
        for kind in ("none", "flat", "executorch", "exporter"):
            shapes = self.result(calls, "infer_dynamic_shapes", registration=kind)
            self.assertEqual(shapes, {"tuple": [both, dims(a0=None)]})
            found = self.result(calls, "guess_dynamic_shapes", registration=kind)
            self.assertEqual(found["tuple"][0], shapes)
            taken = self.result(calls, "infer_arguments", registration=kind)
            self.assertEqual(taken["tuple"][0], pair(2))
        half = {"class": "Pair", "items": [None, tensor(2, 7)]}
        taken = self.result(
            [call(pair(2)), call(half)], "infer_arguments", {"index": 1},
            registration="exporter",
        )
        whole = {"class": "Pair", "items": [tensor(2, 3), tensor(2, 7)]}
        self.assertEqual(taken["tuple"], [whole])
        empty = [call({"class": "Plain", "items": []})]
        self.refused("RuntimeError", empty, "infer_dynamic_shapes")
        answer = self.ask(empty, ("guess_dynamic_shapes", None))[0]
        self.assertEqual(answer["error"]["type"], "NotImplementedError")
        self.assertIn("words the message", answer["better"])

    def test_what_is_no_cache(self):
        """An object that is not built like a cache is a leaf."""
        for items in ([tensor(2)], [tensor(2), None], [3, 4]):
            odd = {"class": "DynamicCache", "items": items}
            self.refused("RuntimeError", [call(odd)], "infer_dynamic_shapes")
        halves = [{"class": "DynamicCache", "items": []}]
        odd = {"class": "EncoderDecoderCache", "items": halves}
        self.refused("RuntimeError", [call(odd)], "infer_dynamic_shapes")


class Better(Answers):
    """One test for each entry of docs/observe_compatibility.md."""

    def test_keys_of_dicts(self):
        calls = [
            call({"dict": {"a": tensor(2, 3), "b": tensor(4, 5)}}),
            call({"dict": {"b": tensor(6, 5), "a": tensor(2, 7)}}),
        ]
        shapes = self.better(calls, "infer_dynamic_shapes")["tuple"][0]["dict"]
        self.assertEqual(shapes, {"a": dims(a1=None), "b": dims(a0=None)})
        taken = self.better(calls, "infer_arguments", {"index": 1})["tuple"][0]
        self.assertEqual(taken["dict"], {"a": tensor(2, 7), "b": tensor(6, 5)})
        self.result(calls, "infer_arguments", {"index": 0})

    def test_value_over_values(self):
        options = {"value_if_missing_pos": {"1": tensor(1, 6)}}
        shapes = self.better(X_Y, "infer_dynamic_shapes", options=options)
        self.assertEqual(shapes["tuple"][1], dims(a1=None))

    def test_containers(self):
        calls = [call(x=tensor(n), y={"list": [tensor(n)]}) for n in (2, 3)]
        shapes = self.better(calls, "infer_dynamic_shapes")["dict"]
        self.assertEqual(shapes["y"], {"list": [dims(a0=None)]})

    def test_rest_without_any(self):
        rest = {"name": "args", "kind": "VAR_POSITIONAL"}
        calls = [call(tensor(4), y=tensor(n)) for n in (2, 3)]
        shapes = self.better(calls, "infer_dynamic_shapes", names=["x", "y", rest])
        self.assertEqual(
            shapes["dict"], {"x": dims(), "args": {"tuple": []}, "y": dims(a0=None)}
        )

    def test_none_keeps_its_place(self):
        calls = [
            call(y, {"list": [tensor(n), tensor(4)]})
            for n, y in ((2, None), (3, tensor(5)))
        ]
        shapes = self.better(calls, "infer_dynamic_shapes")["tuple"]
        self.assertEqual(shapes, [dims(), {"list": [dims(a0=None), dims()]}])

    def test_numbers_of_keyword_arguments(self):
        calls = [call(tensor(n), y=tensor(n)) for n in (2, 3)]
        shapes = self.better(calls, "guess_dynamic_shapes", {"auto": "d"})["tuple"]
        self.assertEqual(shapes[0]["tuple"], [dims(a0="d_0I0")])
        self.assertEqual(shapes[1]["dict"], {"y": dims(a0="d_1I0")})
        self.result([call(x=tensor(2)), call(x=tensor(3))], "guess_dynamic_shapes",
                    {"auto": "d"})

    def test_order_of_names(self):
        calls = [call(z=tensor(2), x=tensor(3)), call(x=tensor(4), y=tensor(5))]
        shapes = self.better(calls, "guess_dynamic_shapes", {"auto": "d"})["tuple"]
        self.assertEqual(list(shapes[1]["dict"]), ["x", "y", "z"])
        self.result(calls, "guess_dynamic_shapes")
        shapes = self.better(calls, "guess_dynamic_shapes_from_inputs")["tuple"]
        self.assertEqual(list(shapes[1]["dict"]), ["z", "x", "y"])

    def test_order_of_errors(self):
        """Marked only where the names fail in two ways."""
        function = "guess_dynamic_shapes"
        ranks = [call(x=tensor(2), z=tensor(2)), call(x=tensor(2, 2), y=tensor(5))]
        keys = [call(y={"dict": {key: tensor(2)}}) for key in "ab"]
        for calls, kind in ((ranks, "AssertionError"), (keys, "KeyError")):
            answer = self.ask(calls, (function, None))[0]
            self.assertEqual(list(answer), ["error"])
            self.assertEqual(answer["error"]["type"], kind)
        keys[0]["kwargs"].update(x=3, z=tensor(2))
        keys[1]["kwargs"].update(x="a")
        answer = self.ask(keys, (function, None))[0]
        self.assertEqual(answer["error"]["type"], "AssertionError")
        self.assertIn("run to run", answer["better"])

    def test_rest_by_name(self):
        rest = {"name": "args", "kind": "VAR_POSITIONAL"}
        calls = [call(tensor(1), tensor(n), tensor(4)) for n in (2, 3)]
        moved = self.better(calls, "move_to_kwargs", names=["x", rest])
        shapes = moved["dynamic_shapes"]["tuple"]
        self.assertEqual(shapes[0], {"tuple": []})
        tuple_of_two = {"tuple": [dims(a0=None), dims()]}
        self.assertEqual(shapes[1]["dict"], {"x": dims(), "args": tuple_of_two})
        more = {"name": "more", "kind": "VAR_KEYWORD"}
        calls = [call(tensor(1), tensor(n), args=tensor(4)) for n in (2, 3)]
        moved = self.better(calls, "move_to_kwargs", names=["x", rest, more])
        wanted = {"x": dims(), "args": {"tuple": [dims(a0=None)]},
                  "more": {"dict": {"args": dims()}}}
        self.assertEqual(moved["dynamic_shapes"]["tuple"][1]["dict"], wanted)

    def test_inputs_for_export(self):
        function = "validate_inputs_for_export"
        calls = [
            call(tensor(n, 4), y={"list": [tensor(m, 0), tensor(2)]}, z=m)
            for n, m in ((1, 3), (2, 1))
        ]
        one, two = self.better(calls, function)["list"]

        def small(n, *axes):
            return {"dims": {str(axis): {"name": f"d=[{n}]"} for axis in axes}}

        zero = small(0, 1)
        both = {"dims": {**small(1, 0)["dims"], **zero["dims"]}}
        self.assertEqual(
            one, {"dict": {"x": small(1, 0), "y": {"list": [zero, None]}}}
        )
        self.assertEqual(two, {"dict": {"y": {"list": [both, None]}}})
        self.assertEqual(self.better(X_Y, function)["list"], [None, None])
        self.assertEqual(self.result(X_Y[:1], function), {"list": []})
        self.assertEqual(self.result([], function), {"list": []})
        self.refused("AssertionError", [X_Y[0], call(tensor(5))], function)

    def test_inputs_for_export_of_given_shapes(self):
        function = "validate_inputs_for_export"
        rest = [{"name": "args", "kind": "VAR_POSITIONAL"},
                {"name": "kwargs", "kind": "VAR_KEYWORD"}]
        calls = [call(tensor(1, 1), tensor(1), z=tensor(1, 0))]
        first = {"dims": {"0": {"dim": "AUTO"}, "1": None}}
        z = {"dims": {"0": 1, "1": {"name": "n"}}}
        for shapes in (
            {"tuple": [{"tuple": [first, None]}, {"dict": {"z": z}}]},
            {"dict": {"x": first, "args": {"tuple": [{"dims": {}}]},
                      "kwargs": {"dict": {"z": z}}}},
        ):
            found = self.better(
                calls, function, {"dynamic_shapes": shapes}, names=["x", *rest]
            )
            one = {"dict": {"x": {"dims": {"0": {"name": "d=[1]"}}},
                            "z": {"dims": {"1": {"name": "d=[0]"}}}}}
            self.assertEqual(found["list"], [one])
        args = {"dynamic_shapes": {"tuple": [None, {"dims": {"0": {"name": "n"}}}]}}
        found = self.better([call(tensor(1), tensor(1))], function, args)["list"]
        self.assertEqual(found, [{"tuple": [None, {"dims": {"0": {"name": "d=[1]"}}}]}])
        for wrong in ({"list": []}, {"dims": {"0": {"name": "n"}}}, 3):
            self.refused("TypeError", calls, function, {"dynamic_shapes": wrong})
        for wrong in ({"list": [first]}, {"dict": {"a": first}}):
            shapes = {"dynamic_shapes": {"dict": {"x": wrong}}}
            says = self.refused("AssertionError", calls, function, shapes)
            self.assertIn("'x'", says)

    def test_static_cache(self):
        held = {"class": "StaticCache", "items": [tensor(1, 2, 8, 4)] * 2}
        calls = [call(x=held)]
        for function in ("infer_dynamic_shapes", "guess_dynamic_shapes",
                         "all_dynamic_shapes_from_inputs"):
            self.better(calls, function, registration="yobx")
            self.result(calls, function, registration="flat")

    def test_what_more_layers_hold(self):
        """Under the word dimsat it follows key and value of its layer."""
        number, last = "cumulative_length_0", "cumulative_length_1"

        def cache(first, second, state, **more):
            part = {"dict": state}
            return {"class": "DynamicCache",
                    "items": [*[first] * 2, *[second] * 2], "state": part, **more}

        def filled(n):
            part, seen = tensor(2, n, 4), {"tensor": {"dtype": "int64", "shape": []}}
            held = {last: n, "other_0": seen, number: 8, "flag": 3}
            return cache(part, part, held, layers={"list": ["first", "second"]})

        calls = [call(tensor(5), cache(None, None, {last: 0, number: 0})),
                 *(call(tensor(n), filled(n)) for n in (6, 7))]
        key, whole = dims(a1=None), {"dim": "DYNAMIC"}
        shapes = {"tuple": [dims(a0=None),
                            {"list": [key, key, dims(), None, key, key, whole]}]}
        word = {"registration": "as dimsat has it"}
        self.assertEqual(self.result(calls, "infer_dynamic_shapes", **word), shapes)
        named = self.result(calls, "infer_dynamic_shapes", {"dim_names": True}, **word)
        self.assertEqual(named["tuple"][1]["list"][-1], whole)
        taken = self.result(calls, "infer_arguments", {"index": 2}, **word)
        self.assertEqual(taken["tuple"], [tensor(7), filled(7)])
        taken = self.result(calls, "infer_arguments", **word)
        empty = filled(0)
        self.assertEqual(taken["tuple"], [tensor(5), empty])
        flat = self.result(calls, "infer_arguments", {"index": 1, "flat": True}, **word)
        self.assertEqual(flat["list"][3:5], [empty["state"]["dict"]["other_0"], 8])
        guessed = self.result(calls[1:], "guess_dynamic_shapes", **word)
        self.assertEqual(guessed["tuple"][0], shapes)
        guessed = self.result(calls[1:2], "guess_dynamic_shapes", {"auto": True},
                              **word)["tuple"][0]["tuple"][1]["list"]
        self.assertEqual(guessed[3], {"dim": "AUTO"})
        alone = self.result(calls[:1], "infer_dynamic_shapes", **word)["tuple"][1]
        self.assertEqual(alone, {"list": [None, None]})
        self.refused("RuntimeError", [call({"list": [3]}), call({"list": [4]})],
                     "infer_dynamic_shapes", **word)

    def test_caches_of_caches_keep_what_is_known(self):
        half = {"class": "StaticCache", "items": [tensor(1, 2), tensor(1, 2)],
                "state": {"dict": {"length_0": tensor()}}, "max_cache_len": 2}
        hollow = {**half, "items": [None, None]}
        filled = {"dict": {"0": True}}

        def both(part, **more):
            return {"class": "EncoderDecoderCache", "items": [part, part], **more}

        calls = [call(both(hollow)), call(both(half, is_updated=filled))]
        word = {"registration": "dimsat"}
        three = {"list": [dims(), dims(), dims()]}
        shapes = self.result(calls, "infer_dynamic_shapes", **word)
        self.assertEqual(shapes, {"tuple": [{"list": [three, three]}]})
        for index in (0, 1):
            taken = self.result(calls, "infer_arguments", {"index": index}, **word)
            self.assertEqual(taken["tuple"], [both(half, is_updated=filled)])
        mixed = [call({**half, "state": {"dict": {"length_0": 3}}}), call(half)]
        says = self.refused("RuntimeError", mixed, "infer_dynamic_shapes", **word)
        self.assertIn("number in call 0", says)

    def test_cause_of_an_error(self):
        held = {"class": "StaticCache", "items": []}
        answer = self.ask([call(held)], ("guess_dynamic_shapes_from_inputs", None),
                          registration="none")[0]
        self.assertEqual(answer["error"]["type"], "NotImplementedError")
        self.assertIn("better", answer)


if __name__ == "__main__":
    main()
