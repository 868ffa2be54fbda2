"""A patch of a JSON text changes what it names, and not one character more."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellerspec.fix import added, moved, removed, replaced
from sellerspec.io import pointers, strict
from sellerspec.io.json_edit import edited
from sellerspec.io.patches import patched
from sellerspec.model import Json, Path

_TEXTS = st.text(max_size=4) | st.sampled_from(["a/b", "a~b", 'a"b', "a\\", "{", "[,]", "é", "\u2028", ""])
_SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from([0.5, 1e22, 5000.0]) | _TEXTS
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)
_BLANKS = st.sampled_from(["", "", " ", "\n", "\r\n\t", "\n\n   ", "  "])


@st.composite
def texts(draw: Any) -> str:
    """A JSON text in any formatting, its numbers and characters spelled in any way."""

    def written(value: Json) -> str:
        before: str = draw(_BLANKS)
        if isinstance(value, dict):
            parts = [
                f"{draw(_BLANKS)}{scalar(name)}{draw(_BLANKS)}:{written(own)}" for name, own in value.items()
            ]
            text = f"{{{','.join(parts) or draw(_BLANKS)}}}"
        elif isinstance(value, list):
            text = f"[{','.join(map(written, value)) or draw(_BLANKS)}]"
        else:
            text = scalar(value)
        return f"{before}{text}{draw(_BLANKS)}"

    def scalar(value: Json) -> str:
        text = json.dumps(value, ensure_ascii=draw(st.booleans()))
        if isinstance(value, int) and not isinstance(value, bool):
            text += draw(st.sampled_from(["", ".0", "e0", "E+0"]))
        return text.replace("/", draw(st.sampled_from(["/", r"\/"]))) if isinstance(value, str) else text

    return written(draw(_VALUES))


@st.composite
def patches(draw: Any, value: Json) -> list[Mapping[str, Json]]:
    """One to four operations that fit the value, each after those before it."""
    steps: list[Mapping[str, Json]] = []
    for _ in range(draw(st.integers(1, 4))):
        steps.append(draw(operations(value)))
        value = patched(value, steps[-1:])
    return steps


@st.composite
def operations(draw: Any, value: Json) -> Mapping[str, Json]:
    """An operation that fits the value."""
    path = draw(st.sampled_from(list(pointers.paths(value))))
    operation = draw(st.sampled_from(["replace", "add", "remove", "move"]))
    if operation == "add" or not path:
        step: Mapping[str, Json] = draw(additions(value, path, draw(_VALUES)))
        return step
    if operation == "replace":
        kept = pointers.get(value, path)
        few = st.lists(st.sampled_from(kept), unique_by=id) if isinstance(kept, list) and kept else _VALUES
        return replaced(path, draw(_VALUES | few))
    if operation == "move":
        around = pointers.get(value, path[:-1])
        if isinstance(around, dict):
            return moved(path, (*path[:-1], draw(_TEXTS)))
        return moved(path, (*path[:-1], draw(st.integers(0, len(around) - 1))))
    return removed(path)


@st.composite
def additions(draw: Any, value: Json, path: Path, new: Json) -> Mapping[str, Json]:
    """An operation that writes a new value at, or into, the value at a path."""
    holder = pointers.get(value, path)
    if isinstance(holder, dict):
        return added((*path, draw(_TEXTS)), new)
    if isinstance(holder, list):
        return added((*path, draw(st.integers(0, len(holder)) | st.just("-"))), new)
    return replaced(path, new)


def spelled(text: str) -> dict[Path, str]:
    """Return how each value of a text is written."""
    reader = json.JSONDecoder(strict=False)
    offsets = strict.places(text).offsets().items()
    return {path: text[start : reader.raw_decode(text, start)[1]] for path, start in offsets}


def same(value: Json) -> str:
    """Return a value as text, in which 1 is neither 1.0 nor true."""
    return json.dumps(value, sort_keys=True)


@given(st.data())
def test_the_edited_text_decodes_to_the_patched_value(data: st.DataObject) -> None:
    text = data.draw(texts())
    value = strict.decode(text)
    patch = data.draw(patches(value))
    assert same(strict.decode(edited(text, patch))) == same(patched(value, patch))


@given(texts())
def test_without_a_patch_nothing_changes(text: str) -> None:
    assert edited(text, []) == text


@given(st.data())
def test_outside_of_what_is_named_nothing_changes(data: st.DataObject) -> None:
    text = data.draw(texts())
    value = strict.decode(text)
    step = data.draw(operations(value))
    result, before = edited(text, [step]), spelled(text)
    path = pointers.path_in(value, step["path"])
    around = path if step["op"] == "replace" else path[:-1]
    start = strict.places(text).offsets()[around]
    assert result.startswith(text[:start])
    assert result.endswith(text[start + len(before[around]) :])
    if step["op"] != "replace":
        assert (siblings(before, around) - siblings(spelled(result), around)).total() <= 1


def siblings(spellings: Mapping[Path, str], around: Path) -> Counter[str]:
    """Return how the values in a container are written."""
    return Counter(text for path, text in spellings.items() if path and path[:-1] == around)


PRETTY = '{\r\n\t"a": 1.0,\r\n\t"b" : [1,2, 3],\r\n\t"c": null,\r\n\t"d": {},\r\n\t"e": {"x":1}\r\n}\r\n'


@pytest.mark.parametrize(
    ("patch", "old", "new"),
    [
        (replaced(("a",), 1), "1.0", "1"),
        (replaced(("c",), []), "null", "[]"),
        (replaced(("c",), [1, {}]), "null", "[\r\n\t\t1,\r\n\t\t{}\r\n\t]"),
        (replaced(("b",), [1, 3]), "[1,2, 3]", "[1, 3]"),
        (replaced(("b",), [1, 2]), "[1,2, 3]", "[1,2]"),
        (replaced(("b",), []), "[1,2, 3]", "[]"),
        (removed(("a",)), '\t"a": 1.0,\r\n', ""),
        (removed(("c",)), '\t"c": null,\r\n', ""),
        (removed(("e",)), ',\r\n\t"e": {"x":1}', ""),
        (removed(("e", "x")), '{"x":1}', "{}"),
        (removed(("b", 0)), "[1,2, 3]", "[2, 3]"),
        (added(("é",), "é"), '{"x":1}', '{"x":1},\r\n\t"é": "é"'),
        (added(("b", 0), 9), "[1,2, 3]", "[9, 1,2, 3]"),
        (added(("b", 1), 9), "[1,2, 3]", "[1,9,2, 3]"),
        (added(("b", "-"), 9), "[1,2, 3]", "[1,2, 3, 9]"),
        (added(("d", "y"), 9), "{}", '{\r\n\t\t"y": 9\r\n\t}'),
        (added(("e", "y"), [9]), '{"x":1}', '{"x":1, "y": [9]}'),
        (added(("e", "x"), 2), '{"x":1}', '{"x":2}'),
        (moved(("b",), ("bb",)), '"b" : [', '"bb" : ['),
        (moved(("b",), ("b",)), '"b" : [', '"b" : ['),
    ],
)  # fmt: skip
def test_what_is_new_is_written_like_its_neighbours(patch: Mapping[str, Json], old: str, new: str) -> None:
    assert edited(PRETTY, [patch]) == PRETTY.replace(old, new)


@pytest.mark.parametrize(
    ("text", "patch", "result"),
    [
        ('[{"a":1}]', added((0, "b"), [1, 2]), '[{"a":1,"b":[1,2]}]'),
        ('[{"a": 1}]', added((0, "b"), [1, 2]), '[{"a": 1, "b": [1, 2]}]'),
        ('{"a":1\n,"b":2\n}', added(("c",), 3), '{"a":1\n,"b":2\n,"c":3\n}'),
        ('{"a":1\n,"b":2\n}', removed(("a",)), '{"b":2\n}'),
        ("[\n  1\n]", added((0,), 0), "[\n  0,\n  1\n]"),
        ("[\n  1\n]", added((1,), 2), "[\n  1,\n  2\n]"),
        ("[ ]", added(("-",), 2), "[2]"),
        (" 1 ", replaced((), {"a": 1}), ' {"a": 1} '),
        (r'{"a": "\u00e9\/"}', added(("b",), "à"), r'{"a": "\u00e9\/", "b": "\u00e0"}'),
        ('"[1.0]"', replaced((), [1.0]), "[1.0]"),
        ('{"a":1,"b":{}}', moved(("a",), ("b", "c")), '{"b":{"c":1}}'),
        ('{"a":1.0,"b":2}', moved(("a",), ("b",)), '{"b":1.0}'),
    ],
)
def test_one_line_and_other_habits_are_kept(text: str, patch: Mapping[str, Json], result: str) -> None:
    assert edited(text, [patch]) == result


@pytest.mark.parametrize(
    "patch",
    [
        removed(()),
        removed(("x",)),
        replaced(("a", 1), 1),
        replaced(("a", "x"), 1),
        replaced(("b", "x"), 1),
        added(("a", 2), 1),
        added(("b", "x"), 1),
        moved(("x",), ("y",)),
    ],
)
def test_a_patch_that_does_not_fit_is_refused(patch: Mapping[str, Json]) -> None:
    with pytest.raises(LookupError):
        edited('{"a": [1], "b": null}', [patch])
