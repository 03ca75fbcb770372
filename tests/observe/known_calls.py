"""Recorded calls of situations that models really have, one a line."""

import json

REGISTRATIONS = {
    "none": "no pytree registration of cache classes",
    "flat": "key, value, key, value as yobx registers caches",
    "native": "transformers.integrations.executorch",
    "exporters": "transformers.exporters, all Cache subclasses",
    "key_value": "key_cache and value_cache as lists",
}


def tensor(*shape, dtype="float32"):
    return {"tensor": {"dtype": dtype, "shape": list(shape)}}


def ids(*shape):
    return tensor(*shape, dtype="int64")


def call(*args, **kwargs):
    return {"args": list(args), "kwargs": kwargs}


def parameter(name, *default, kind="POSITIONAL_OR_KEYWORD"):
    made = {"name": name, "kind": kind}
    if default:
        made["default"] = default[0]
    return made


def cache(batch, length, layers=2, kind="DynamicCache"):
    item = tensor(batch, 2, length, 8)
    return {"class": kind, "items": [item] * (2 * layers)}


X_Y = [parameter("x"), parameter("y", None)]
DECODER = [
    parameter(name, None)
    for name in (
        "input_ids",
        "attention_mask",
        "position_ids",
        "past_key_values",
        "cache_position",
    )
]


def step(batch, past, length, past_key_values):
    """What a decoder is called with."""
    kwargs = {
        "input_ids": ids(batch, length),
        "attention_mask": ids(batch, past + length),
        "position_ids": ids(batch, length),
        "past_key_values": past_key_values,
        "cache_position": ids(length),
    }
    return call(**{k: v for k, v in kwargs.items() if v is not None})


def optional_arguments():
    """An argument that only some calls have."""
    late = [call(tensor(7, 7), tensor(1, 7)), call(tensor(7, 8), tensor(1, 8))]
    named = [call(x=c["args"][0], y=c["args"][1]) for c in late]
    yield "position missing first", X_Y, [call(tensor(5, 6)), *late], {}
    yield "name missing first", X_Y, [call(x=tensor(5, 6)), *named], {}
    none = call(x=tensor(5, 6), y=None)
    yield "None first", X_Y, [none, *named], {}
    yield "None last", X_Y, [*named, none], {}
    mixed = call(tensor(5, 6), y=tensor(1, 6))
    yield "position in some calls only", X_Y, [mixed, *late], {}
    yield "no call", X_Y, [], {}
    over = {"value_if_missing_pos": {"1": tensor(0, 6)}}
    yield "value over a value", X_Y, late, over
    given = {"value_if_missing": {"y": tensor(0, 7)}}
    yield "value for a name", X_Y, [call(x=tensor(5, 7)), *named], given
    few = {"store_n_calls": 1}
    yield "one call kept", X_Y, named, few
    both = [call(x=tensor(n), y=tensor(2, n, 4, n + 1)) for n in (3, 5)]
    yield "two axes missing first", X_Y, [call(x=tensor(2)), *both], {}
    sets = {"batch_sets": [["x"], [0, "y"], ["other"]]}
    yield "batch of some", X_Y, late, sets


def scalars():
    """Numbers, truth values and strings."""
    for default, values in (
        (True, (False, False)),
        (True, (True, True)),
        (True, (1, 1.0)),
        (1, (True, 1)),
        (2, (2.0, 2)),
        (0.5, (0.5, 0.25)),
        ("sum", ("sum", "mean")),
        (None, (True, True)),
    ):
        signature = [parameter("x"), parameter("k", default)]
        calls = [call(x=tensor(n + 2), k=k) for n, k in enumerate(values)]
        yield f"default {default}, then {values}", signature, calls, {}
    required = [parameter("x"), parameter("k")]
    calls = [call(tensor(n), 2) for n in (3, 5)]
    yield "number by position", required, calls, {}
    calls = [call(x=tensor(n), k=2.0) for n in (3, 5)]
    yield "number without default", required, calls, {}


def containers():
    """Structures that the tools lose."""
    one = [parameter("x"), parameter("y", None), parameter("z", None)]
    lists = [
        call(x=tensor(n, 6), y={"list": [tensor(n, 7)]}) for n in (2, 3, 4)
    ]
    yield "list of one", one, lists, {}
    dicts = [
        call(x={"dict": {"a": tensor(2, 3), "b": tensor(4, 5)}}),
        call(x={"dict": {"b": tensor(6, 5), "a": tensor(2, 7)}}),
    ]
    yield "keys in another order", one, dicts, {}
    nones = [
        call(tensor(n, 6), None if n == 2 else tensor(n, 9),
             {"list": [tensor(n, 3), tensor(2, n)]})
        for n in (2, 3)
    ]
    yield "None before a list", one, nones, {}


def variadic():
    """*args and **kwargs."""
    signature = [
        parameter("a"),
        parameter("args", kind="VAR_POSITIONAL"),
        parameter("b", None, kind="KEYWORD_ONLY"),
        parameter("kwargs", kind="VAR_KEYWORD"),
    ]
    calls = [
        call(tensor(n, 6), tensor(n, 6), tensor(2, n), b=tensor(n), e=tensor(1))
        for n in (5, 7)
    ]
    yield "args and kwargs", signature, calls, {}
    best = call(a=tensor(5, 6), b={"list": [tensor(2)] * 9})
    for count in (2, 6):
        other = call(*[tensor(3, 6)] * count, b=None)
        yield f"{count} by position, none before", signature, [best, other], {}
    late = [signature[0], parameter("c"), *signature[1:]]
    calls = [call(tensor(n, 6), c=tensor(n, 2)) for n in (5, 7)]
    yield "args without any", late, calls, {}
    shared = [parameter(name) for name in "xyz"]
    calls = [call(tensor(n, 6), y=tensor(1, n), z=tensor(2, n)) for n in (5, 7)]
    yield "names of two kinds", shared, calls, {}


def generation():
    """What generate() calls a decoder with."""
    later = [step(1, 7, 1, cache(1, 7)), step(1, 8, 1, cache(1, 8))]
    yield "cache absent first", DECODER, [step(1, 0, 7, None), *later], {}
    empty = step(1, 0, 7, cache(1, 0, 0))
    yield "cache empty first", DECODER, [empty, *later], {}
    hollow = {"class": "DynamicCache", "items": [None] * 4}
    yield "cache hollow first", DECODER, [step(1, 0, 7, hollow), *later], {}
    sizes = ((2, 30, 3), (3, 20, 5), (4, 17, 2))
    batches = [step(b, p, s, cache(b, p)) for b, p, s in sizes]
    yield "batches", DECODER, batches, {}
    static = cache(2, 16, 1, "StaticCache")
    static["max_cache_len"] = 16
    yield "static cache", DECODER, [step(2, 3, 1, static)], {}
    both = {
        "class": "EncoderDecoderCache",
        "items": [cache(2, 3), cache(2, 11)],
    }
    more = {"class": "EncoderDecoderCache", "items": [cache(3, 4), cache(3, 11)]}
    calls = [step(2, 3, 1, both), step(3, 4, 1, more)]
    yield "encoder and decoder", DECODER, calls, {}


def write(registration, situation):
    name, signature, calls, options = situation
    recording = {
        "id": f"{name}, {registration}",
        "registration": REGISTRATIONS[registration],
        "signature": signature,
        "options": options,
        "observations": calls,
    }
    print(json.dumps(recording))


def main():
    for situations in (optional_arguments, scalars, containers, variadic):
        for situation in situations():
            write("none", situation)
    for registration in REGISTRATIONS:
        for situation in generation():
            write(registration, situation)


if __name__ == "__main__":
    main()
