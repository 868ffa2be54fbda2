"""Messages are short, verbatim the same each time, and never repeat what they are about."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sellerspec
from sellerspec.model import Severity, Source
from sellerspec.rules import Format, Rule
from sellerspec.schema import messages
from sellerspec.schema.keyword import Texts
from sellerspec.schema.messages import seen
from sellerspec.schema.violations import CompiledSchema
from support.altered_examples import Path, at, by_operation, exchanges, payloads, places, put, value_of
from support.examples import Example, examples, exchange

LONGEST = 240


def shown(report: sellerspec.Report) -> str:
    """Return all that a report, and what is made of it, says; a fix has values of the payload to write."""
    raw = report.to_dict()
    raw["findings"] = [
        {key: finding[key] for key in finding.keys() - {"fixes"}} for finding in raw["findings"]
    ]
    return "\n".join((str(report), json.dumps(raw), str(report.server_response())))


def assert_bounded(report: sellerspec.Report) -> None:
    for finding in report.findings:
        assert finding.message
        assert "\n" not in finding.message + (finding.hint or "")
        assert len(finding.message) <= LONGEST, finding.message
        assert len(finding.hint or "") <= LONGEST, finding.hint


@pytest.mark.parametrize("operation", sorted({example.operation for example in examples()}))
def test_every_message_about_an_example_is_one_short_line(operation: str) -> None:
    for example in examples("invalid"):
        if example.operation == operation:
            assert_bounded(example.report())


@pytest.mark.no_cover
@settings(max_examples=200)
@given(payloads())
def test_every_message_about_a_broken_payload_is_one_short_line(
    drawn: tuple[str, Any, sellerspec.Facts | None],
) -> None:
    operation, payload, facts = drawn
    if not isinstance(payload, str):
        assert_bounded(sellerspec.check(operation, payload, facts=facts))


@pytest.mark.no_cover
@settings(max_examples=200)
@given(exchanges())
def test_every_message_about_a_broken_call_is_one_short_line(
    drawn: tuple[str, sellerspec.Exchange, sellerspec.Facts | None],
) -> None:
    operation, call, facts = drawn
    assert_bounded(sellerspec.check_exchange(call, operation=operation, facts=facts, requests="always"))


markers = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=12, max_size=60).map(
    lambda letters: f"M{letters}"
)
"""A text that could be a token or a name: it may not be repeated. A number is, as prices are."""


def texts(value: Any) -> list[Path]:
    """Return the places of all texts in a value."""
    return [place for place in places(value) if isinstance(at(value, place), str)]


@st.composite
def marked(draw: st.DrawFn, exchanges: bool) -> tuple[Example, Any, str]:
    """Draw an example in which one text is, or holds, a marker."""
    example = draw(st.sampled_from(draw(st.sampled_from(list(by_operation(exchanges).values())))))
    value = value_of(example)
    changeable = [text for text in texts(value) if not exchanges or text[0] not in ("method", "url")]
    if not changeable:
        return example, value, "no text to mark"
    marker = draw(markers)
    path = draw(st.sampled_from(changeable))
    old = at(value, path)
    new = draw(st.sampled_from([marker, f"{old}{marker}", f"{marker} {old}", f"https://x.example/{marker}"]))
    return example, put(value, path, new), marker


@pytest.mark.no_cover
@settings(max_examples=400)
@given(marked(exchanges=False))
def test_a_report_repeats_no_text_of_a_payload(drawn: tuple[Example, Any, str]) -> None:
    example, payload, marker = drawn
    if isinstance(payload, str):
        return
    report = sellerspec.check(example.operation, payload, facts=example.facts, strict=True)
    assert marker not in shown(report)


@settings(max_examples=400)
@given(marked(exchanges=True))
@pytest.mark.no_cover
def test_a_report_repeats_no_text_of_a_call(drawn: tuple[Example, Any, str]) -> None:
    example, raw, marker = drawn
    call = exchange(raw)
    report = sellerspec.check_exchange(
        call, operation=example.operation, facts=example.facts, strict=True, requests="always"
    )
    assert marker not in shown(report)


@settings(max_examples=100)
@given(marker=markers, place=st.sampled_from(["query", "path"]))
def test_a_report_repeats_nothing_of_an_address(marker: str, place: str) -> None:
    query = "&".join(f"{name}={marker}" for name in ("limit", "status", "label", "from_date", "page", "x"))
    for url in (
        "https://api.tiki.vn/integration/{}/orders",
        "https://api.tiki.vn/integration/v1/tracking/{}",
        "https://api.tiki.vn/integration/v1/orders/{}/print",
        "https://api.tikinow.vn/business/v1/orders/{}",
        "https://fs.tokopedia.net/v2/order/list",
    ):
        part = marker if place == "path" and "integration/{}" not in url else "v1"
        call = sellerspec.Exchange("GET", url.format(part) + (f"?{query}" if place == "query" else ""), 200)
        assert marker not in shown(sellerspec.check_exchange(call, requests="always", strict=True))


SECRETS = frozenset(("secret",))
DAY = Format("[0-9]{4}-[0-9]{2}-[0-9]{2}", what="a day", example="2019-11-03")


def message(value: Any, schema: Any, *, words: str | None = None, engine: str = "jsonschema-rs") -> str:
    """Return the one message about a value; `words` are those of its rule, None if it has no rule."""
    rule = Rule("a.rule", (), "an a comes first", Source("house", ""), Severity.ERROR, must=words or "")
    texts = Texts(
        {"day": DAY},
        lambda _: rule if words is not None else None,
        lambda path: not SECRETS.isdisjoint(path),
        "the body",
    )
    compiled = CompiledSchema(
        {"x-rule": "a.rule", **schema}, formats={"day": DAY}, engine=engine, texts=texts
    )
    (violation,) = compiled.violations(value)
    return violation.message


MESSAGES = [
    ("149000", {"type": "integer"}, "must be an integer, got the string `149000`"),
    ("Nguyen Van A", {"type": "integer"}, "must be an integer, got a string"),
    (" ", {"type": "integer"}, "must be an integer, got only blanks"),
    (1.5, {"type": ["integer", "null"]}, "must be an integer or null, got the number 1.5"),
    (True, {"type": "number"}, "must be a number, got true"),
    (None, {"type": ["array", "object", "boolean"]}, "must be a list, an object or true or false, got null"),
    ([], {"type": "string"}, "must be a string, got an empty list"),
    ({"x": 1}, {"type": "string"}, "must be a string, got an object"),
    ("BACKORDER", {"enum": ["instock", "backorder"]},
     "must be `instock` or `backorder`, got `BACKORDER` (did you mean `backorder`?)"),
    ("lost at sea", {"enum": ["instock", None]}, "must be `instock` or null, got `lost at sea`"),
    ("Le Thi B", {"enum": ["instock"]}, "must be `instock`, got a string that is not shown"),
    (2, {"enum": [False, True, 1]}, "must be one of false, true or 1, got 2"),
    (0, {"enum": list(range(1, 10))}, "must be one of 1, 2, 3, 4, 5, 6, 7, 8, … (9 in all), got 0"),
    ({}, {"enum": [[], "200"]}, "must be a list or the string `200`, got an empty object"),
    (False, {"const": True}, "must be true, got false"),
    ("", {"const": 1}, "must be 1, got an empty string"),
    ("", {"minLength": 1}, "must not be empty"),
    ("a", {"minLength": 2}, "must have at least 2 characters, got 1 character"),
    ("abc", {"maxLength": 2}, "must have at most 2 characters, got 3 characters"),
    ("abc", {"maxLength": 0}, "must be empty, got `abc`"),
    ("x", {"format": "day"}, "must be a day like `2019-11-03`, got `x`"),
    ("2019-11-03T23:59Z", {"format": "day"}, "must be a day like `2019-11-03`, got `2019-11-03T23:59Z`"),
    (0, {"minimum": 1}, "must be at least 1, got 0"),
    (10**30, {"maximum": 1}, "must be at most 1, got a number of more than 24 digits"),
    (-0.5, {"exclusiveMinimum": 0}, "must be greater than 0, got -0.5"),
    (3, {"exclusiveMaximum": 3}, "must be less than 3, got 3"),
    (7, {"multipleOf": 2}, "must be a multiple of 2, got 7"),
    ([], {"minItems": 1}, "must not be empty"),
    ([1], {"minItems": 2}, "must have at least 2 items, got 1 item"),
    ([1, 2], {"maxItems": 1}, "must have at most 1 item, got 2 items"),
    ([1], {"maxItems": 0}, "must be empty, got 1 item"),
    ([2, {"a": 1}, {"a": 1}], {"uniqueItems": True}, None),
    ([1, 1.0], {"uniqueItems": True}, "must have no item twice"),
    ({}, {"minProperties": 1}, "must not be empty"),
    ({"a": 1, "b": 2}, {"maxProperties": 1}, "must have at most 1 member, got 2 members"),
    (5, {"not": {}}, "must not be given"),
    (None, {"not": {"type": "null"}}, "must not be null"),
    (36, {"not": {"type": "number"}}, "must not be a number, got the number 36"),
    ("x", {"not": {"const": "x"}}, "must not be `x`"),
    ("", {"not": {"enum": [None, ""]}}, "must not be null or an empty string, got an empty string"),
    ("x", {"not": {"not": {"type": "null"}}}, "must be null, got `x`"),
    (5, {"not": {"not": {"minimum": 7}}}, "must have the form that its schema describes, got 5"),
    ({}, {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, "must have `a` or `b`"),
    (5, {"anyOf": [{"required": ["a", "b"]}, False]}, None),
    (5, {"oneOf": [{}, {}]}, "must have the form that its schema describes, got 5"),
    ([], {"contains": {}}, "must have the form that its schema describes, got an empty list"),
]  # fmt: skip


@pytest.mark.parametrize("engine", ["jsonschema-rs", "jsonschema"])
@pytest.mark.parametrize(
    ("value", "schema", "words"), [case for case in MESSAGES if case[2]], ids=lambda value: str(value)[:40]
)
def test_a_message_has_the_member_what_is_required_and_what_was_seen(
    value: Any, schema: dict[str, Any], words: str, engine: str
) -> None:
    assert message({"it": value}, {"properties": {"it": schema}}, engine=engine) == f"`it` {words}"


RULES = [
    ("b", {"pattern": "^a"}, "be an a", "must be an a, got `b`"),
    ("", {"minLength": 1}, "be a name", "must be a name, got an empty string"),
    ([], {"minItems": 1}, "have a picture", "must have a picture, got an empty list"),
    ("abc", {"minLength": 32}, "have 32 characters", "must have 32 characters, got 3 characters"),
    (None, {"type": "integer"}, "be an integer above 0", "must be an integer above 0, got null"),
    (1, {"not": {}}, "be named `other`", "must be named `other`"),
    ("b", {"pattern": "^a"}, "", "must meet its requirement, an a comes first, got `b`"),
]


@pytest.mark.parametrize(("value", "schema", "words", "expected"), RULES)
def test_a_rule_can_word_what_its_keywords_require(
    value: Any, schema: dict[str, Any], words: str, expected: str
) -> None:
    assert message({"it": value}, {"properties": {"it": schema}}, words=words) == f"`it` {expected}"


PLACES: list[tuple[Any, Any, str]] = [
    ([], {"type": "object"}, "the body must be an object, got an empty list"),
    ([], {"type": "object", "required": ["a", "b"]},
     "the body must be an object with `a` and `b`, got an empty list"),
    ([], {"type": "object", "required": list("abcd")}, "the body must be an object, got an empty list"),
    ([], {"type": ["object", "null"], "required": ["a"]},
     "the body must be an object or null, got an empty list"),
    (True, {"const": False}, "the body must be false, got true"),
    ({"a": 1}, {"properties": {"a": False}}, "`a` must not be given"),
    ([1], {"items": {"type": "string"}}, "item 0 of the body must be a string, got the number 1"),
    ([[1]], {"items": {"items": {"minimum": 2}}}, "item 0, 0 of the body must be at least 2, got 1"),
    ({"a": [0, [1]]}, {"properties": {"a": {"items": {"items": {"minimum": 2}}}}},
     "`a[1][0]` must be at least 2, got 1"),
    ({"x": 1}, {"additionalProperties": False}, "`x` is not a known member of the body"),
    ({"a": [{"colour": 1}]},
     {"properties": {"a": {"items": {"properties": {"color": {}}, "additionalProperties": False}}}},
     "`colour` is not a known member of `a[0]` (did you mean `color`?)"),
    ({"price": 1}, {"properties": {"a": {"items": {"properties": {"price": {}}}}},
     "additionalProperties": False},
     "`price` belongs to each item of `a`, not to the body"),
    ({"price": 1, "a": {}},
     {"properties": {"a": {"properties": {"price": {}}}}, "additionalProperties": False},
     "`price` belongs to `a`, not to the body"),
    ([1, 2, 1], {"uniqueItems": True}, "item 2 of the body repeats item 0"),
    ({"a": [2, {"b": 1}, {"b": 1}]}, {"properties": {"a": {"uniqueItems": True}}}, "`a[2]` repeats `a[1]`"),
    ({"a": [{}]}, {"properties": {"a": {"items": {"required": ["b"]}}}}, "`a[0].b` is missing"),
    ([{}], {"items": {"required": ["b"]}}, "`b` of item 0 of the body is missing"),
    ({"a": 1}, {"properties": {"a": {"const": 2, "x-because": "b is"}}},
     "`a` must be 2, because b is, got 1"),
    ({"color": 1, "colour": 1}, {"properties": {"color": {}}, "additionalProperties": False},
     "`colour` is not a known member of the body"),
    ({"request": {"headers": {"x-id": ""}}},
     {"properties": {"request": {"properties": {"headers": {"properties": {"x-id": {"minLength": 1}}}}}}},
     "the header `x-id` must not be empty"),
    ({"request": {"query": {}}},
     {"properties": {"request": {"properties": {"query": {"required": ["page"]}}}}},
     "the query parameter `page` is missing"),
    ({"response": {"body": [1]}},
     {"properties": {"response": {"properties": {"body": {"items": {"minimum": 2}}}}}},
     "item 0 of the body of the response must be at least 2, got 1"),
    ({"response": {}}, {"properties": {"response": {"required": ["body"]}}},
     "the body of the response is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "schema", "expected"), PLACES)
def test_a_message_names_the_place(value: Any, schema: dict[str, Any], expected: str) -> None:
    assert message(value, schema) == expected


def when(condition: Any, schema: Any) -> dict[str, Any]:
    return {"if": condition, "then": {"properties": {"it": schema}}, "else": {"required": ["it"]}}


KIND_A = {"properties": {"kind": {"const": "a"}}, "required": ["kind"]}
REASONS: list[tuple[Any, Any, str]] = [
    ({"kind": "a", "it": 0}, when(KIND_A, {"minimum": 1}),
     "`it` must be at least 1 because `kind` is `a`, got 0"),
    ({"kind": "b"}, when(KIND_A, {}), "`it` is missing: it is required when `kind` is `b`"),
    ({"kind": ["x", "y"]}, when(KIND_A, {}), "`it` is missing: it is required when `kind` holds `x` and `y`"),
    ({"kind": ["x", "Le B"]}, when(KIND_A, {}), "`it` is missing: it is required when `kind` has 2 items"),
    ({"kind": []}, when(KIND_A, {}), "`it` is missing: it is required when `kind` is an empty list"),
    ({"kind": {"x": 1}}, when(KIND_A, {}), "`it` is missing: it is required when `kind` is given"),
    ({}, when(KIND_A, {}), "`it` is missing: it is required when `kind` is not given"),
    ({"secret": "b"}, when({"properties": {"secret": {"const": "a"}}}, {}),
     "`it` is missing: it is required when `secret` is given"),
    ({"it": 0}, when({"properties": {"it": {"const": 0}}}, {"minimum": 1}), "`it` must be at least 1, got 0"),
    ({"it": 0}, when({"minProperties": 1}, {"minimum": 1}), "`it` must be at least 1, got 0"),
    ({"kind": 1}, when({"not": {"anyOf": [{"required": ["x"]}, {"required": ["kind"]}]}}, {}),
     "`it` is missing: it is required when `x` is not given and `kind` is 1"),
    ({"then": {"rows": [{"a": 1}]}},
     {"properties": {"then": {"properties": {"rows": {"items": {"if": True, "then": {
         "if": {"required": ["a"]}, "then": {"required": ["b"]}}}}}}}},
     "`rows[0].b` is missing: it is required when `a` is 1"),
    ({}, {"if": {"not": {"required": ["old"]}}, "then": {"required": ["new"]}},
     "neither `new` nor `old` is given"),
    ({"a": [{}]},
     {"properties": {"a": {"items": {"if": {"not": {"required": ["old"]}}, "then": {"required": ["new"]}}}}},
     "neither `new` nor `old` is given in `a[0]`"),
    ({"a": 1}, {"dependentRequired": {"a": ["b"]}}, "`b` is missing: it is required when `a` is given"),
    ({"a": 1}, {"dependentSchemas": {"a": {"required": ["b"]}}},
     "`b` is missing: it is required when `a` is 1"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "schema", "expected"), REASONS)
def test_a_message_has_what_made_a_condition_apply(value: Any, schema: Any, expected: str) -> None:
    assert message(value, schema) == expected


@pytest.mark.parametrize(
    ("value", "schema", "expected"),
    [
        ("hunter2", {"enum": ["a"]}, "must be `a`, got a string that is not shown"),
        ("Hunter2", {"enum": ["hunter2"]}, "must be `hunter2`, got a string that is not shown"),
        ("hunter2", {"type": "integer"}, "must be an integer, got a string"),
        (1234, {"type": "string"}, "must be a string, got a number"),
        (1234, {"maximum": 1}, "must be at most 1, got a number that is not shown"),
        ("hunter2", {"minLength": 9}, "must have at least 9 characters, got 7 characters"),
    ],
)
def test_a_value_of_a_secret_member_is_not_shown(value: Any, schema: Any, expected: str) -> None:
    shown = message(
        {"secret": {"inner": value}}, {"properties": {"secret": {"properties": {"inner": schema}}}}
    )
    assert shown.startswith(f"`inner` {expected.partition(' (')[0]}")
    assert str(value) not in shown


HARMLESS = [
    "BACKORDER", "Đen", "drop-ship", "T23", "kho-1", "VN03900700", "papers/1.png", "ORD_XXX_999",
    "2019-11-03 23:59:59", "2019-11-03T23:59:59.123+07:00", "2023-10-31 21:24:22 +0000 UTC",
    "04/11/2019 09:00",
    "https://img.example/ao-thun/main.jpg", "http://partner.example:8080/tnsl order", "instock ",
]  # fmt: skip
HIDDEN = [
    "Nguyen Van A", "khach hang khong nghe may", "12 Le Loi, Q1", "0912345678", "+84 912 345 678",
    "0912 345 678",
    "a.b@x.example", "aB3dE5fG7", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "4111-1111-1111-1111",
    "0123456789abcdef0123456789abcdef", "123e4567-e89b-12d3-a456-426614174000", "AKIAIOSFODNN7EXAMPLE",
    "https://user:word@x.example/",
    "https://x.example/0123456789abcdef0123456789abcdef", "Bearer abc",
    "-6.175,106.827", "3174012345678901", "Đỗ Thị", "x" * 201,
]  # fmt: skip


@pytest.mark.parametrize("text", HARMLESS)
def test_a_word_a_code_a_date_and_a_url_are_shown(text: str) -> None:
    assert seen(text) == f"`{text if len(text) <= 40 else text[:39] + '…'}`"


@pytest.mark.parametrize("text", HIDDEN)
def test_what_could_be_a_secret_or_a_person_s_is_not_shown(text: str) -> None:
    assert seen(text) == "a string that is not shown"


def test_a_query_is_not_shown() -> None:
    assert seen("https://x.example/a.jpg?key=hunter2#b") == "`https://x.example/a.jpg?…`"
    assert seen("https://x.example/a.jpg#hunter2") == "`https://x.example/a.jpg`"


def test_a_long_list_of_long_words_stays_short() -> None:
    words = message(
        {"it": "x"}, {"properties": {"it": {"enum": [f"{'long_word_' * 5}{n}" for n in range(30)]}}}
    )
    assert words == ("`it` must be one of `long_word_long_word_long_word_long_word…`, … (30 in all), got `x`")


def test_a_message_has_an_end() -> None:
    name = "n" * 60
    schema = {
        "if": {"properties": {f"{name}1": {"const": 1}, f"{name}2": {"const": 2}}},
        "then": {"properties": {name: {"enum": ["a" * 39, "b" * 39]}}},
    }
    words = message({f"{name}1": 1, f"{name}2": 2, name: "c" * 20}, schema)
    assert len(words) == messages.LONGEST
    assert words.endswith("…")
