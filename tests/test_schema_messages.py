"""Messages are short, verbatim the same each time, and never repeat what they are about."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sellerspec
from sellerspec.schema.messages import words_for
from support.altered_examples import Path, at, by_operation, exchanges, payloads, places, put, value_of
from support.examples import Example, examples, exchange

LONGEST = 240


def shown(report: sellerspec.Report) -> str:
    """Return all that a report, and what is made of it, says."""
    return "\n".join((str(report), json.dumps(report.to_dict()), str(report.server_response())))


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


MESSAGES = [
    ("type", "1", {"type": "integer"}, "a string, not an integer"),
    ("type", 1.5, {"type": ["integer", "null"]}, "a number with a fraction, not an integer or null"),
    ("type", 2.0, {"type": "string"}, "a number, not a string"),
    ("type", True, {"type": "number"}, "true, not a number"),
    (
        "type",
        None,
        {"type": ["array", "object", "boolean"]},
        "null, not a list or an object or true or false",
    ),
    ("type", [], {"type": "string"}, "a list, not a string"),
    ("type", {}, {"type": "string"}, "an object, not a string"),
    ("enum", "instock ", {"enum": ["instock", None]}, "a string of 8 characters, not one of `instock`, null"),
    ("enum", "in_stock", {"enum": ["instock"]}, "`in_stock`, not one of `instock`"),
    ("enum", 2, {"enum": [False, True, 1]}, "2, not one of false, true, 1"),
    ("enum", 0, {"enum": list(range(1, 10))}, "0, not one of 1, 2, 3, 4, 5, 6, 7, 8 … (9 in all)"),
    ("enum", {}, {"enum": [[], "x"]}, "an object, not one of a list, `x`"),
    ("const", False, {"const": True}, "false, not true"),
    ("const", "V1", {"const": "v1"}, "a string of 2 characters, not `v1`"),
    ("const", "", {"const": 1}, "an empty string, not 1"),
    ("minLength", "", {"minLength": 1}, "empty"),
    ("minLength", "a", {"minLength": 2}, "1 character, at least 2"),
    ("maxLength", "abc", {"maxLength": 2}, "3 characters, at most 2"),
    (
        "pattern",
        "ftp://x",
        {"pattern": r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#]"},
        "a string of 7 characters, not an http or https URL",
    ),
    ("pattern", "", {"pattern": "^[0-9]+$"}, "an empty string, not digits only"),
    ("pattern", "b", {"pattern": "^a"}, "a string of 1 character, not of the form `^a`"),
    ("format", "x", {"format": "tiki-time"}, "a string of 1 character, not of the form `tiki-time`"),
    ("minimum", 0, {"minimum": 1}, "0, at least 1"),
    ("maximum", 10**30, {"maximum": 1}, "a number of more than 24 digits, at most 1"),
    ("exclusiveMinimum", -0.5, {"exclusiveMinimum": 0}, "-0.5, more than 0"),
    ("exclusiveMaximum", 3, {"exclusiveMaximum": 3}, "3, less than 3"),
    ("multipleOf", 7, {"multipleOf": 2}, "7, not a multiple of 2"),
    ("minItems", [], {"minItems": 2}, "an empty list"),
    ("minItems", [1], {"minItems": 2}, "1 item, at least 2"),
    ("maxItems", [1, 2], {"maxItems": 1}, "2 items, at most 1"),
    ("uniqueItems", [1, 1], {"uniqueItems": True}, "the same item twice"),
    ("minProperties", {}, {"minProperties": 1}, "0 members, at least 1"),
    ("maxProperties", {"a": 1, "b": 2}, {"maxProperties": 1}, "2 members, at most 1"),
    ("not", 5, {"not": {}}, "an integer that is not to be used here"),
    ("anyOf", 5, {"anyOf": []}, "an integer that fits none of the forms it may have"),
    ("oneOf", "", {"oneOf": []}, "a string that does not fit exactly one of the forms it may have"),
    ("contains", [], {"contains": {}}, "no item of the kind that is asked for"),
    ("propertyNames", {}, {"propertyNames": {}}, "a member whose name is not allowed"),
    ("dependentSchemas", {}, {"dependentSchemas": {}}, "an object that does not meet `dependentSchemas`"),
]


@pytest.mark.parametrize(("keyword", "value", "schema", "words"), MESSAGES)
def test_a_keyword_is_said_so(keyword: str, value: Any, schema: dict[str, Any], words: str) -> None:
    assert words_for(keyword)(value, schema[keyword]) == words


def test_a_long_list_of_long_words_stays_short() -> None:
    words = words_for("enum")("x", [f"{'long_word_' * 5}{n}" for n in range(30)])
    assert len(words) <= LONGEST
    assert words.startswith("`x`, not one of `long_word_long_word_long_word_long_word…`, `")
    assert words.endswith(" … (30 in all)")
