"""Random recorded calls, one a line: COUNT of each registration of caches.

usage: random_calls.py SEED COUNT
"""

import json
import random
import sys

from known_calls import REGISTRATIONS, parameter

SIZES = [0, 1, 2, 3, 5, 8]
SCALARS = [True, False, 0, 3, 2.0, "sum"]


class Arguments:
    """Kinds of arguments, and values of a kind."""

    def __init__(self, chance):
        self.chance = chance

    def maybe(self, share):
        return self.chance.random() < share

    def kind(self, depth=0):
        """What one argument is in all calls, more or less."""
        roll = self.chance.random() + (0.42 if depth > 1 else 0)
        if roll < 0.2:
            count = self.chance.randint(0, 3)
            parts = [self.kind(depth + 1) for _ in range(count)]
            return ("list" if roll < 0.12 else "tuple", parts)
        if roll < 0.3:
            keys = self.chance.sample("abc", self.chance.randint(1, 3))
            return ("dict", {key: self.kind(depth + 1) for key in keys})
        if roll < 0.42:
            names = ["DynamicCache"] * 4 + ["StaticCache", "EncoderDecoderCache"]
            return ("cache", self.chance.choice(names), self.chance.randint(0, 2))
        if roll < 0.48:
            return ("scalar", self.chance.choice(SCALARS))
        axes = [
            (self.chance.choice(SIZES[1:]), self.maybe(0.5))
            for _ in range(self.chance.choice([0, 1, 2, 2, 2, 3]))
        ]
        return ("tensor", axes, self.chance.choice(["float32", "int64"]))

    def value(self, kind):
        """One value; now and then another one than its kind says."""
        if self.maybe(0.03):
            return None
        if self.maybe(0.02):
            kind = self.kind(1)
        make = getattr(self, f"make_{kind[0]}")
        return make(*kind[1:])

    def make_list(self, parts):
        kept = parts[:-1] if self.maybe(0.1) else parts
        return {"list": [self.value(part) for part in kept]}

    def make_tuple(self, parts):
        return {"tuple": [self.value(part) for part in parts]}

    def make_dict(self, parts):
        keys = list(parts)
        if self.maybe(0.25):
            self.chance.shuffle(keys)
        if self.maybe(0.06):
            keys = keys[:-1]
        return {"dict": {key: self.value(parts[key]) for key in keys}}

    def make_scalar(self, usual):
        return usual if self.maybe(0.8) else self.chance.choice(SCALARS)

    def make_tensor(self, axes, dtype):
        shape = [self.chance.choice(SIZES) if vary else n for n, vary in axes]
        if self.maybe(0.03):
            shape.append(2)
        return {"tensor": {"dtype": dtype, "shape": shape}}

    def make_cache(self, name, layers):
        if name == "EncoderDecoderCache":
            halves = [self.make_cache("DynamicCache", layers) for _ in range(2)]
            return {"class": name, "items": halves}
        if self.maybe(0.1):
            layers = self.chance.randint(0, 2)
        shape = [self.chance.choice([1, 2]), 2, self.chance.choice([0, 4, 7]), 4]
        tensor = {"tensor": {"dtype": "float32", "shape": shape}}
        items = []
        for _ in range(layers):
            items += [None, None] if self.maybe(0.05) else [tensor, tensor]
        cache = {"class": name, "items": items}
        if name == "StaticCache":
            cache["max_cache_len"] = 8
        return cache


class Recording:
    """A signature, and calls of it."""

    def __init__(self, chance):
        self.chance = chance
        self.arguments = Arguments(chance)
        names = list("xyzwu")[: chance.randint(1, 5)]
        chance.shuffle(names)
        self.kinds = {name: self.arguments.kind() for name in names}
        self.extra = {name: self.arguments.kind() for name in ("e", "f")}
        self.rest = self.arguments.kind()
        self.variadic = chance.random() < 0.12
        self.open = chance.random() < 0.15
        self.signature = self.make_signature(names)

    def make_signature(self, names):
        signature, kind, optional = [], "POSITIONAL_OR_KEYWORD", False
        for place, name in enumerate(names):
            if place > 0 and kind != "KEYWORD_ONLY" and self.chance.random() < 0.12:
                kind = "KEYWORD_ONLY"
                signature += self.rest_parameter()
            optional = optional or self.chance.random() < 0.35
            scalar = self.kinds[name][0] == "scalar"
            default = self.chance.choice([*SCALARS, None]) if scalar else None
            given = [default] if optional or kind == "KEYWORD_ONLY" else []
            signature.append(parameter(name, *given, kind=kind))
        if kind != "KEYWORD_ONLY":
            signature += self.rest_parameter()
        if self.open:
            signature.append(parameter("kwargs", kind="VAR_KEYWORD"))
        return signature

    def rest_parameter(self):
        return [parameter("args", kind="VAR_POSITIONAL")] if self.variadic else []

    def call(self, positions):
        """A call with that many positional arguments."""
        args, kwargs = [], {}
        plain = [p for p in self.signature if not p["kind"].startswith("VAR")]
        for place, p in enumerate(plain):
            if place < positions and p["kind"] != "KEYWORD_ONLY":
                args.append(self.arguments.value(self.kinds[p["name"]]))
            elif "default" not in p or self.chance.random() < 0.85:
                kwargs[p["name"]] = self.arguments.value(self.kinds[p["name"]])
        fixed = [p for p in plain if p["kind"] != "KEYWORD_ONLY"]
        if self.variadic and len(args) == len(fixed):
            args += [self.arguments.value(self.rest) for _ in range(2)]
        for name in self.extra if self.open else ():
            if self.chance.random() < 0.85:
                kwargs[name] = self.arguments.value(self.extra[name])
        return {"args": args, "kwargs": self.shuffled(kwargs)}

    def shuffled(self, kwargs):
        names = list(kwargs)
        if self.chance.random() < 0.3:
            self.chance.shuffle(names)
        return {name: kwargs[name] for name in names}

    def calls(self):
        usual = self.chance.randint(0, len(self.kinds))
        for _ in range(self.chance.randint(1, 5)):
            other = self.chance.randint(0, len(self.kinds))
            yield self.call(usual if self.chance.random() < 0.85 else other)

    def options(self):
        some, options = self.chance, {}
        names = list(self.kinds)
        if some.random() < 0.1:
            value = self.arguments.value(self.arguments.kind())
            options["value_if_missing"] = {some.choice(names): value}
        if some.random() < 0.08:
            value = self.arguments.make_tensor([(2, True), (3, True)], "float32")
            options["value_if_missing_pos"] = {str(some.randint(0, 3)): value}
        if some.random() < 0.15:
            options["store_n_calls"] = some.randint(0, 5)
        if some.random() < 0.3:
            picked = some.choices([*names, 0, 1, 2, "other"], k=2)
            options["batch_sets"] = [picked]
        return options

    def arguments_to_align(self):
        """New arguments for infer_arguments."""
        call = self.call(self.chance.choice([0, len(self.kinds)]))
        if call["kwargs"]:
            return {"dict": call["kwargs"]}
        return {"tuple": call["args"]}


def main():
    seed, count = sys.argv[1:]
    for registration, text in REGISTRATIONS.items():
        chance = random.Random(f"{seed} {registration}")
        for i in range(int(count)):
            r = Recording(chance)
            recording = {
                "id": f"random {seed} {registration} {i}",
                "registration": text,
                "signature": r.signature,
                "observations": list(r.calls()),
                "options": r.options(),
            }
            if chance.random() < 0.3:
                recording["new_arguments"] = [r.arguments_to_align()]
            print(json.dumps(recording))


if __name__ == "__main__":
    main()
