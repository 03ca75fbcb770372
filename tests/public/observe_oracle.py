"""What docs/observe.md says of recorded calls, read once more.

Random recordings go to the command; columns, classes, evidence and examples are
found here by other means: Python binds the calls, relations are evaluated in each
call, examples are looked for among all sizes that are smaller.

usage: observe_oracle.py COMMAND [SEED [RECORDINGS]]
"""

import inspect
import itertools
import json
import random
import re
import subprocess
import sys
import tempfile
from fractions import Fraction

SECONDS = 60
SMALL = 30  # sizes in total up to which all smaller examples are tried


# ---- Recordings ---------------------------------------------------------------


def tensor(*shape):
    return {"tensor": {"dtype": "f", "shape": list(shape)}}


def size_maker(chance, free, most):
    """Makes a size of the free ones of a call."""
    first, second = chance.randrange(free), chance.randrange(free)
    factor, more = chance.randint(1, 3), chance.randint(0, 3)
    return chance.choice(
        [
            lambda sizes: sizes[first],
            lambda sizes: sizes[first],
            lambda sizes: factor,
            lambda sizes: factor * sizes[first] + more,
            lambda sizes: sizes[first] + sizes[second] + more,
            lambda sizes: sizes[first] * sizes[second],
            lambda sizes: sizes[first] // (factor + 1),
            lambda sizes: chance.randint(0, most),
        ]
    )


def value_maker(chance, free, most, depth):
    """Makes a value: tensors, whole numbers, lists, dicts in any order, caches."""
    kind = chance.choice(["tensor", "tensor", "number", "list", "dict", "cache"])
    if kind == "number":
        return size_maker(chance, free, most)
    if kind == "tensor" or depth == 0:
        makers = [size_maker(chance, free, most) for _ in range(chance.randint(0, 3))]
        return lambda sizes: tensor(*[make(sizes) for make in makers])
    if kind == "cache":
        makers = [size_maker(chance, free, most) for _ in range(4)]

        def make_cache(sizes):
            layer = [tensor(*[make(sizes) for make in makers]) for _ in "kv"]
            empty = [[], [None, None]]
            items = chance.choice(empty) if chance.random() < 0.3 else layer
            return {"class": "DynamicCache", "items": items}

        return make_cache
    makers = [value_maker(chance, free, most, depth - 1) for _ in range(2)]
    if kind == "list":
        return lambda sizes: {"tuple": [make(sizes) for make in makers]}

    def make_dict(sizes):
        items = list(zip(("k", "it's"), makers))
        chance.shuffle(items)
        return {"dict": {key: make(sizes) for key, make in items}}

    return make_dict


def recording(chance):
    """Calls of a function, each with its arguments by position or by name."""
    free, most = chance.randint(1, 3), chance.choice([4, 9, 50, 2**30])
    names = chance.sample(["a", "b", "c", "d", "e"], chance.randint(1, 5))
    optional = chance.randint(1, len(names))
    makers = [value_maker(chance, free, most, 2) for _ in names]
    signature = [{"name": name} for name in names]
    for parameter in signature[optional:]:
        parameter["default"] = None
    signature.append({"name": "more", "kind": "VAR_KEYWORD"})
    more = size_maker(chance, free, most)
    observations = []
    for _ in range(chance.randint(1, 7)):
        sizes = [chance.randint(0, most) for _ in range(free)]
        values = [make(sizes) for make in makers]
        position = chance.randint(0, len(names))
        named = [
            (name, value)
            for index, (name, value) in enumerate(zip(names, values))
            if index >= position and (index < optional or chance.random() < 0.7)
        ]
        if chance.random() < 0.5:
            named.append(("z", tensor(more(sizes))))
        chance.shuffle(named)
        call = {"args": values[:position], "kwargs": dict(named)}
        observations.append(call)
    return {"signature": signature, "observations": observations}


# ---- Columns ------------------------------------------------------------------


def sizes_in(value, path, found):
    """Adds the sizes in a value as `found[path, axis]`."""
    if isinstance(value, int):
        found[path, None] = value
    elif value is None:
        pass
    elif "tensor" in value:
        for axis, size in enumerate(value["tensor"]["shape"]):
            found[path, axis] = size
    elif "tuple" in value:
        for index, item in enumerate(value["tuple"]):
            sizes_in(item, f"{path}[{index}]", found)
    elif "dict" in value:
        for key, item in value["dict"].items():
            quoted = key.replace("'", "\\'")
            sizes_in(item, f"{path}['{quoted}']", found)
    else:
        for index, item in enumerate(value["items"]):
            role = "value" if index % 2 else "key"
            sizes_in(item, f"{path}.{role}_{index // 2}", found)


def columns_of(recorded):
    """The sizes of each column by call, None where absent; caches grow from 0."""
    signature = inspect.Signature(
        [
            inspect.Parameter(
                p["name"],
                getattr(inspect.Parameter, p.get("kind", "POSITIONAL_OR_KEYWORD")),
                default=p.get("default", inspect.Parameter.empty),
            )
            for p in recorded["signature"]
        ]
    )
    calls = []
    for call in recorded["observations"]:
        bound = signature.bind(*call["args"], **call["kwargs"])
        found = {}
        for name, value in bound.arguments.items():
            given = {"dict": value} if name == "more" else value
            sizes_in(given, name, found)
        calls.append(found)
    columns = {key: [c.get(key) for c in calls] for c in calls for key in c}
    for (path, axis), values in columns.items():
        if axis == 2 and re.search(r"\.(key|value)_\d+$", path):
            values[:] = [size or 0 for size in values]
    return columns


def name_of(column):
    path, axis = column
    return path if axis is None else f"{path}[{axis}]"


def known(values):
    return [size for size in values if size is not None]


def classes_of(columns):
    """The class of each column that varies, as the values that stand for it."""
    patterns = {tuple(v) for v in columns.values() if len(set(known(v))) > 1}
    host = {}
    for pattern in sorted(patterns, key=lambda p: -len(known(p))):
        wider = {
            host[other]
            for other in host
            if len(known(other)) > len(known(pattern))
            and all(a is None or a == b for a, b in zip(pattern, other))
        }
        host[pattern] = wider.pop() if len(wider) == 1 else pattern
    return {c: host[tuple(v)] for c, v in columns.items() if tuple(v) in host}


# ---- Relations ----------------------------------------------------------------


def put(relation, sizes):
    """A relation with sizes in the place of columns."""
    for name in sorted(sizes, key=len, reverse=True):
        relation = relation.replace(name, f"({sizes[name]})")
    return relation


def vector_of(relation, names):
    """Factors of a linear relation: of `names`, then the constant; or None."""
    vector = dict.fromkeys([*names, ""], Fraction(0))
    if "//" in relation or "%" in relation:
        return None
    for side, sign in zip(relation.split(" == "), (1, -1)):
        for term in side.replace(" - ", " + -").split(" + "):
            factor, _, name = (
                term.rpartition("*") if term not in names else ("", "", term)
            )
            if re.fullmatch(r"-?\d+", term):
                factor, name = term, ""
            if name not in vector or (factor and not re.fullmatch(r"-?\d+", factor)):
                return None
            vector[name] += sign * int(factor or 1)
    return list(vector.values())


def rank(rows):
    """The rank of a matrix, exactly."""
    rows, count = [list(map(Fraction, row)) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((r for r in rows[count:] if r[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(count, pivot)
        count += 1
        for i in range(count, len(rows)):
            ratio = rows[i][column] / pivot[column]
            rows[i] = [a - ratio * b for a, b in zip(rows[i], pivot)]
    return count


def terms(relation, vector):
    """How many numbers the right side of a relation could choose."""
    kind = relation["kind"]
    if kind == "affine":
        return sum(factor != 0 for factor in vector) - 1
    if kind == "remainder":
        return 1 if relation["relation"].endswith(" == 0") else 2
    return 2 if kind == "quotient" else 1


def is_named(name, relation):
    return re.search(rf"(?<![\w\].]){re.escape(name)}(?![\w\[])", relation)


def wrong_relations(answer, columns):
    """Relations that do not hold, or whose evidence is counted wrongly."""
    names = {name_of(column): values for column, values in columns.items()}
    for relation in answer["relations"]:
        text = relation["relation"]
        used = {n: v for n, v in names.items() if is_named(n, text)}
        calls = [
            dict(zip(used, sizes)) for sizes in zip(*used.values()) if None not in sizes
        ]
        if not all(eval(put(text, sizes)) for sizes in calls):
            yield f"{text} does not hold"
        if relation["support"] != len(calls):
            yield f"{text} has the support {len(calls)}"
        different = len({tuple(sizes.values()) for sizes in calls})
        freedom = different - terms(relation, vector_of(text, names))
        if relation["freedom"] != freedom:
            yield f"{text} has the freedom {freedom}"


def missing_lines(answer, columns, classes):
    """Linear relations between two classes, there in all calls, that do not follow."""
    names = [name_of(column) for column in columns]
    told = [vector_of(r["relation"], names) for r in answer["relations"]]
    told = [vector for vector in told if vector is not None]
    whole = {
        v: c for c, v in classes.items() if None not in v and tuple(columns[c]) == v
    }
    for (x, a), (y, b) in itertools.combinations(whole.items(), 2):
        points = sorted(set(zip(x, y)))
        (x0, y0), (x1, y1) = points[0], points[-1]
        factors = [y1 - y0, x0 - x1]
        constant = -(factors[0] * x0 + factors[1] * y0)
        if 0 in factors or any(
            factors[0] * p + factors[1] * q + constant for p, q in points
        ):
            continue
        if len(points) <= 1 + (constant != 0):
            continue
        vector = [Fraction(0)] * (len(names) + 1)
        vector[names.index(name_of(a))], vector[names.index(name_of(b))] = factors
        vector[-1] = Fraction(constant)
        if rank([*told, vector]) > rank(told):
            yield f"{name_of(a)} and {name_of(b)} are on a line"


# ---- Examples -----------------------------------------------------------------


def smaller(count, total):
    """All lists of so many sizes from 2 on with a smaller total."""
    if count == 0:
        yield []
        return
    for size in range(2, total - 2 * (count - 1)):
        for rest in smaller(count - 1, total - size):
            yield [size, *rest]


def wrong_example(answer, columns):
    """What is wrong with the sizes to export with."""
    if "example" not in answer or any(
        n.get("calls", 1) > 1 for n in answer["needs_calls"]
    ):
        return
    class_name = {
        (a["argument"], a["axis"]): a["name"] for a in answer["axes"] if "name" in a
    }
    names = {name_of(c): class_name[c] for c in columns if c in class_name}
    static = {int(a["static"]) for a in answer["axes"] if "static" in a}
    rules = [r["relation"] for r in answer["relations"]]
    rules += [n["fits"] for n in answer["needs_calls"] if "fits" in n]
    linear = [v for v in (vector_of(rule, names) for rule in rules) if v is not None]

    def follows(left, *right):
        vector = dict.fromkeys(names, Fraction(0))
        for term, sign in ((left, 1), *((t, -1) for t in right)):
            vector[next(n for n in names if names[n] == term)] += sign
        return rank([*linear, [*vector.values(), 0]]) == rank(linear)

    def is_fit(sizes):
        if min(sizes.values()) < 2 or static & set(sizes.values()):
            return False
        if not all(
            eval(put(rule, {n: sizes[c] for n, c in names.items()})) for rule in rules
        ):
            return False
        for a, b in itertools.combinations(sizes, 2):
            if sizes[a] == sizes[b] and not follows(a, b):
                return False
            for c in sizes:
                if (
                    c not in (a, b)
                    and sizes[c] == sizes[a] + sizes[b]
                    and not follows(c, a, b)
                ):
                    return False
        return True

    example = {name: int(size) for name, size in answer["example"].items()}
    if set(example) != set(names.values()):
        yield "the example has other names"
    elif not is_fit(example):
        yield f"the example {example} is not fit"
    elif len(example) <= 3 and sum(example.values()) <= SMALL:
        for sizes in smaller(len(example), sum(example.values())):
            if is_fit(dict(zip(example, sizes))):
                yield f"{sizes} is a smaller example than {example}"


# ---- The whole ----------------------------------------------------------------


def wrong(recorded, answer):
    """All that is wrong with an answer."""
    columns = columns_of(recorded)
    classes = classes_of(columns)
    axes = {(a["argument"], a["axis"]): a for a in answer["axes"]}
    kinds = {error["kind"] for error in answer["errors"]}
    if kinds - {"length"} or answer["calls"] != len(recorded["observations"]):
        yield f"errors of kind {kinds}"
    if set(axes) != set(columns):
        yield f"the columns are {list(columns)}"
        return
    for column, values in columns.items():
        said = axes[column]
        if column not in classes and str(said.get("static")) != str(known(values)[0]):
            yield f"{name_of(column)} is static"
        if column in classes and said.get("values") != values:
            yield f"{name_of(column)} is {values}"
    for a, b in itertools.combinations(classes, 2):
        if (classes[a] == classes[b]) != (axes[a].get("class") == axes[b].get("class")):
            yield f"classes of {name_of(a)} and {name_of(b)}"
    yield from wrong_relations(answer, columns)
    yield from missing_lines(answer, columns, classes)
    yield from wrong_example(answer, columns)


def calls_refused(command, answer, columns, folder):
    """What the spec in the answer says of the recorded calls that give all sizes."""
    rank_of = {i["name"]: len(i["shape"]) for i in answer["problem"]["inputs"]}
    lines = []
    for call in range(answer["calls"]):
        shapes = {
            n: [columns[n, k][call] for k in range(r)] for n, r in rank_of.items()
        }
        if not any(size is None for shape in shapes.values() for size in shape):
            lines.append(json.dumps(shapes))
    if not lines:
        return ""
    with open(f"{folder}/problem.json", "w") as file:
        json.dump(answer["problem"], file)
    done = subprocess.run(
        [command, "eval", file.name],
        input="\n".join(lines),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
        check=False,
    )
    return done.stdout if done.returncode else ""


def main(command, seed="7", count="300"):
    chance = random.Random(int(seed))
    recordings = [recording(chance) for _ in range(int(count))]
    done = subprocess.run(
        [command, "observe", "--format", "json", "-"],
        input="\n".join(map(json.dumps, recordings)),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(recordings)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, (recorded, answer) in enumerate(zip(recordings, answers)):
            faults = list(wrong(recorded, answer))
            if number % 4 == 0 and not faults:
                refused = calls_refused(command, answer, columns_of(recorded), folder)
                faults += [f"the spec refuses a call: {refused}"] if refused else []
            if faults:
                bad += 1
                print(
                    f"recording {number}: {json.dumps(recorded)}", *faults, sep="\n  "
                )
    told = sum(len(answer["relations"]) for answer in answers)
    examples = sum("example" in answer for answer in answers)
    print(f"{count} recordings, {told} relations, {examples} examples: {bad} are wrong")
    return 1 if bad or told < int(count) or 2 * examples < int(count) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
