"""Doubtful JSON and YAML is refused with its place."""

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellerspec.errors import ParseError
from sellerspec.io import strict

REFUSED = [
    (b"", "line 1 column 1: empty: nothing to check"),
    (b"  \n", "line 1 column 1: empty: nothing to check"),
    (b'{"a": 1,\n "a": 2}', "line 2 column 2: the member `a` is given twice"),
    (b'[{"b": [1, {"c": 2, "c": 3}]}]', "line 1 column 21: the member `c` is given twice"),
    (b'{"a\\u003a": 1, "a:": 2}', "line 1 column 16: the member `a:` is given twice"),
    (b'{"price": NaN}', "line 1 column 11: `NaN` is not JSON"),
    (b'{"price":\n -Infinity}', "line 2 column 3: `Infinity` is not JSON"),
    (
        b'\xef\xbb\xbf{"a": 1}',
        "line 1 column 1: starts with a UTF-8 byte order mark; save it as UTF-8 without BOM",
    ),
    ('{"a": 1}'.encode("utf-16"), "line 1 column 1: starts with UTF-16; save it as UTF-8"),
    ('{"a": 1}'.encode("utf-16-le"), "line 1 column 1: UTF-16 or UTF-32; save it as UTF-8"),
    (b'{"name":\n"Vi\xe9t"}', "line 2 column 4: not UTF-8: byte 0xe9"),
    (b'{"a": 1,}', "line 1 column 8: not JSON: trailing comma is not allowed"),
    (b"[" * 100_000, "line 1 column 255: not JSON: nested deeper than 254 levels"),
    (b"[" * 300 + b"]" * 300, "line 1 column 255: not JSON: nested deeper than 254 levels"),
    (b'["[[{",\n' + b"[" * 254 + b"]" * 255, "line 2 column 254: not JSON: nested deeper than 254 levels"),
    (b'{"a": 1} x', "line 1 column 10: not JSON: unexpected content after document"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), REFUSED, ids=[expected for _, expected in REFUSED])
def test_doubtful_json_is_refused_with_its_place(text: bytes, expected: str) -> None:
    with pytest.raises(ParseError) as caught:
        strict.decode(text)
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    "text",
    [
        b'{"a": {}, "b": {}}',
        '{"a": "1:2", "b": ":"}',
        b'{"a": "\\u003a003"}',
        b'"\\\\003:"',
        b"[" * 254 + b"]" * 254,
    ],
)
def test_good_json_is_read_as_it_is(text: bytes | str) -> None:
    assert strict.decode(text) == json.loads(text)


leaves = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
short = st.lists(leaves, max_size=3) | st.dictionaries(st.text(max_size=3), leaves, max_size=3)
values = (
    leaves
    | short
    | st.lists(leaves | short, max_size=4)
    | st.dictionaries(st.text(max_size=3), leaves | short | st.lists(short, max_size=2), max_size=4)
)


@given(values, st.sampled_from([None, 1, 2]), st.booleans())
def test_every_value_of_a_text_has_its_place(value: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert strict.decode(text) == value
    places = strict.places(text)
    lines = text.split("\n")
    for path, member in walked(value):
        line, column = places.find(path)
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        assert json.JSONDecoder().raw_decode(rest)[0] == member


def walked(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], object]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(path, value), *(pair for key, member in items for pair in walked(member, (*path, key)))]


def test_a_place_that_is_missing_is_that_of_the_nearest_value_around_it() -> None:
    places = strict.places('{\n  "a": [\n    {"b": 1}\n  ]\n}')
    assert places.find(("a", 0, "price")) == (3, 5)
    assert places.find(("x",)) == (1, 1)


YAML_REFUSED = [
    ("a: 1\na: 2", "line 2 column 1: the member `a` is given twice"),
    ("a: [1", "line 2 column 1: not YAML: did not find expected ',' or ']'"),
    ("a: &a [*a]", "an alias refers to a value that contains it"),
    ("a: \x00", "not YAML: unacceptable character #x0000"),
    ("a: *b", "line 1 column 4: no anchor `b` before this alias"),
    ("a: 1\n---\nb: 2", "line 2 column 1: a second document begins"),
    ("? [a]\n: 1", "line 1 column 5: a member's name is a list or a mapping"),
    (
        "a: &a {b: 1}\nc:\n  <<: *a",
        "line 3 column 3: merge keys (`<<`) are not supported; write the members out",
    ),
    ("a: !mine x", "line 1 column 4: the tag `!mine` is not allowed"),
    ("a: !!set {b}", "line 1 column 4: the tag `!!set` is not allowed"),
    ("a: !!int many", "line 1 column 4: not a value of the tag `!!int`"),
    (
        "a: !!binary not base64",
        "line 1 column 4: not a value of the tag `!!binary`",
    ),
]


@pytest.mark.parametrize(("text", "expected"), YAML_REFUSED, ids=[expected for _, expected in YAML_REFUSED])
def test_doubtful_yaml_is_refused_with_its_place(text: str, expected: str) -> None:
    with pytest.raises(ParseError) as caught:
        strict.decode_yaml(text)
    assert str(caught.value).startswith(expected)


def test_a_yaml_tag_that_makes_objects_is_refused() -> None:
    with pytest.raises(ParseError, match=r"tag .* is not allowed"):
        strict.decode_yaml("a: !!python/object/apply:os.system [echo]")


def test_a_yaml_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join(['*a' + str(n - 1)] * 10)}]" for n in range(1, 9)]
    with pytest.raises(ParseError, match="with its aliases expanded it has more than"):
        strict.decode_yaml("\n".join(lines))


def test_deep_yaml_is_an_error_and_no_crash() -> None:
    with pytest.raises(ParseError, match="line 1 column 255: nested deeper than 254 levels"):
        strict.decode_yaml("[" * 300 + "]" * 300)
    with pytest.raises(ParseError, match=r"line 1 column \d+: nested deeper than 254 levels"):
        strict.decode_yaml("[" * 100_000)


def test_yaml_scalars_are_those_of_yaml_1_1() -> None:
    text = "[1_000, -3, 0x1F, 017, 2.5, .5, ~, yes, Off, 1.2.3, '1', !!str 1, !!int 2, !!float 2, !!bool on]"
    assert strict.decode_yaml(text) == [
        1000, -3, 31, 15, 2.5, 0.5, None, True, False, "1.2.3", "1", "1", 2, 2.0, True,
    ]  # fmt: skip
    assert strict.decode_yaml("a: !!binary aGk=\nb: !!null x\n") == {"a": b"hi", "b": None}


def test_an_empty_yaml_text_is_nothing_and_an_alias_stands_for_its_value() -> None:
    assert strict.decode_yaml("# only a remark") is None
    assert strict.decode_yaml("a: &a {b: [1]}\nc: *a\nd: [*a, *a]") == {
        "a": {"b": [1]}, "c": {"b": [1]}, "d": [{"b": [1]}, {"b": [1]}],
    }  # fmt: skip


def test_yaml_keeps_times_as_text() -> None:
    assert strict.decode_yaml("a: 2019-06-27 10:47:34") == {"a": "2019-06-27 10:47:34"}


def test_an_error_can_be_sent_to_another_process_and_named() -> None:
    error = ParseError("not JSON", line=2, column=3).named("product.json")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == "product.json:2:3: not JSON"


@pytest.mark.parametrize(("text", "shown"), [("a\nb", "`a?b`"), ("x" * 50, "`" + "x" * 39 + "…`")])
def test_names_are_shown_short_and_printable(text: str, shown: str) -> None:
    assert strict.quoted(text) == shown
