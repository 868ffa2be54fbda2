"""A text that is read and checked in one step gives what it gives when it is read first and checked then."""

import json
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sellerspec import contract
from sellerspec.contract.validator import Validator
from sellerspec.errors import ParseError
from sellerspec.io import strict
from sellerspec.model import NO_FACTS, Finding
from sellerspec.schema import engine
from sellerspec.schema.fast import PLAIN_READS, FastChecker
from sellerspec.schema.fast.reading import completeness
from support.examples import Example, examples
from support.schema_strategies import draws, schemas, values

BODIES = sorted({example.operation for example in examples() if not example.is_exchange})


def ready(operation: str) -> Validator:
    """Return the judge of a body that has its reader, and reads the next text with it."""
    validator = contract.operation(operation).body
    text = next(example.path.read_bytes() for example in examples("valid") if plain(example, operation))
    for _ in range(PLAIN_READS + 2):
        validator.of_text(text)
    return validator


def plain(case: Example, operation: str) -> bool:
    return case.operation == operation and not case.is_exchange


Outcome = tuple[Any, tuple[Finding, ...]] | str


def outcome(read: Callable[[bytes | str], Outcome], text: bytes | str) -> Outcome:
    try:
        return read(text)
    except ParseError as error:
        return str(error)


def first_read_then_checked(validator: Validator, text: bytes | str) -> Outcome:
    return outcome(lambda content: (value := strict.decode(content), validator.findings(value)), text)


@pytest.mark.parametrize("operation", BODIES)
def test_every_example_gives_the_same_both_ways(operation: str) -> None:
    validator = ready(operation)
    for case in examples():
        if plain(case, operation):
            value = case.value()
            for text in (
                case.path.read_bytes(),
                orjson.dumps(value),
                json.dumps(value),
                orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE),
            ):
                assert outcome(validator.of_text, text) == first_read_then_checked(validator, text)


PARTS = (
    b"", b" ", b"\n", b",", b":", b'"', b"\\", b"{", b"}", b"[", b"]", b"0", b"-", b"1e400", b"1.0", b"1e2",
    b"123456789012345678901234567890", b"NaN", b"null", b"true", b'""', b"[]", b"{}", b"\xff", b"\x01",
    b"\x0b", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xc4\x91", b"\\ud800", b"\\u003a", b"\\u0022", b"//",
    b',"x":1', b'"sku":"x",', b'"name":"x",', b'"price":1,', b'"x":[[1]],',
)  # fmt: skip
"""What is put in the place of some bytes of a text."""


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw an operation and the text of an example in which something stands otherwise."""
    operation = draw(st.sampled_from(BODIES))
    paths = [example.path for example in examples("valid") if plain(example, operation)]
    text = draw(st.sampled_from(paths)).read_bytes()
    text = draw(st.sampled_from([text, orjson.dumps(orjson.loads(text))]))
    for _ in range(draw(st.integers(1, 2))):
        # most places that are worth spoiling lie beside a sign
        signs = [at for at, byte in enumerate(text) if byte in b'{}[],:"'] or [0]
        at = draw(st.sampled_from(signs)) + draw(st.integers(0, 1))
        gone = draw(st.integers(0, 2))
        part = draw(st.sampled_from(PARTS) | st.just(text[max(0, at - 40) : at]))
        text = text[:at] + part + text[at + gone :]
    return operation, text


@pytest.mark.no_cover
@settings(max_examples=draws(200), deadline=None)
@given(spoiled())
def test_a_spoiled_text_gives_the_same_both_ways(drawn: tuple[str, bytes]) -> None:
    operation, text = drawn
    validator = ready(operation)
    assert outcome(validator.of_text, text) == first_read_then_checked(validator, text)


@pytest.mark.no_cover
@settings(max_examples=draws(150))
@given(schemas, st.lists(values, min_size=1, max_size=6))
@example(
    {"type": "object", "required": ["b"], "properties": {"a": True}, "additionalProperties": False},
    [{"a": 1}, {"b": 1}, {"a": 1, "b": 1}],
)
@example(
    {
        "type": "object",
        "properties": {"a": True},
        "additionalProperties": {"type": "null"},
        "required": ["b"],
    },
    [{"a": 1, "b": None}, {"b": 1}, {"a": 1}],
)
@example(
    {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]}, [{"b": 1}, {"a": "x"}]
)
@example({"type": "object", "additionalProperties": {"type": "string", "pattern": "^a"}}, [{"x": "b"}, {}])
@example(
    {"properties": {"a": {"type": "integer", "minimum": 1, "exclusiveMinimum": 0}}}, [{"a": 0}, {"a": 1}]
)
@example({"type": ["object", "array", "string"], "items": {"const": 1}, "minLength": 1}, [{}, [1], "", "a"])
@example({"type": "integer", "multipleOf": 2, "maximum": 1e300}, [1, 2, 3.0, 10**20])
def test_what_a_typed_reader_accepts_fits_its_schema(schema: Any, tried: list[Any]) -> None:
    fits = engine.compiled(schema, {}, "jsonschema").is_valid
    checker = with_reader(schema)
    for value in tried:
        checker._accepted = True
        read, accepted = checker.read(json.dumps(value).encode())
        assert read == value
        assert fits(value) or not accepted


def with_reader(schema: Any) -> FastChecker:
    """Return a checker that has made its typed reader, if types can express anything of the schema."""
    checker = FastChecker(schema, formats={}, engine="jsonschema-rs")
    for _ in range(PLAIN_READS):
        checker.read("1")
    return checker


def test_the_usual_text_is_read_in_one_step() -> None:
    checker = ready("tiki/createProduct").fast
    assert checker is not None
    decoded = checker._decoded
    text = next(case.path for case in examples("valid") if case.path.stem == "documented-configurable")
    assert checker.read(text.read_bytes())[1]
    assert checker._decoded == decoded


def test_after_a_text_that_was_not_accepted_the_next_is_decoded_plainly() -> None:
    checker = with_reader({"type": "object", "required": ["a"]})
    checker.expect_valid()
    outcomes = [(checker.read(text)[1], checker._decoded) for text in ('{"a":1}', "{}", '{"a":1}', '{"a":1}')]
    plain = PLAIN_READS
    assert outcomes == [(True, plain), (False, plain), (False, plain + 1), (False, plain + 2)]
    checker.expect_valid()
    assert (checker.read('{"a":1}')[1], checker._decoded) == (True, plain + 2)


def test_no_reader_is_made_of_a_schema_without_types() -> None:
    assert with_reader({"type": "object"})._reader is not None
    assert with_reader({"minimum": 1})._reader is None


def test_where_msgspec_is_not_installed_texts_are_read_the_plain_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sellerspec.schema.fast.typed", None)
    assert with_reader({"type": "object"})._reader is None


LONG = "à" * 600
PRODUCT = {"a": 1, "text": LONG, "b": {"text": ""}}


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        (orjson.dumps(PRODUCT), True),
        (orjson.dumps(PRODUCT) + b"\n", True),
        (orjson.dumps({"b": {"text": ""}, "text": LONG}), True),
        (orjson.dumps({"text": LONG + '":'}), True),
        (orjson.dumps({"text": LONG + "\\", "a": '","b":"'}), True),
        (orjson.dumps({"b": {"text": LONG}, "text": "x"}), True),
        (orjson.dumps({"b": [{"text": LONG}], "a": 1}), True),
        (orjson.dumps([PRODUCT]), True),
        (json.dumps(PRODUCT).encode(), True),
        (orjson.dumps(PRODUCT, option=orjson.OPT_INDENT_2), True),
        (orjson.dumps({"text": 5}), True),
        (orjson.dumps({"text": ""}), True),
        (b'{"text":"x","text":"%b"}' % LONG.encode(), False),
        (b'{"text":"%b","text":"%b"}' % (LONG.encode(), LONG.encode()), False),
        (b'{"text":"%b","a":1,"a":2}' % LONG.encode(), False),
        (b'{"a":1,"a":1,"text":"%b"}' % LONG.encode(), False),
        (b'{"text":"","text":"%b"}' % LONG.encode(), False),
        (b'{"b":{"text":"%b"},"text":"","a":1,"a":2}' % LONG.encode(), False),
        (b'{"text":"x\\",","a":1,"a":"%b"}' % LONG.encode(), False),
    ],
)
def test_a_value_holds_every_member_unless_one_is_given_twice(text: bytes, complete: bool) -> None:
    value = orjson.loads(text)
    assert strict.holds_every_member(text, value) is complete
    for sample in (PRODUCT, value):
        assert completeness(sample)(text, value) is complete
        assert completeness(sample)(text.decode(), value) is complete
    assert value == orjson.loads(text)


@pytest.mark.parametrize("value", [[LONG], {"a": "à" * 499}, {"a": "a" * 600}, {}, None])
def test_a_text_is_written_again_if_it_is_short_or_ascii_alone(value: Any) -> None:
    assert completeness(value) is strict.holds_every_member
    assert completeness(PRODUCT) is not strict.holds_every_member


def test_other_facts_and_the_same_again_give_their_own_findings() -> None:
    validator = ready("tiki/createProduct")
    text = next(
        example.path.read_bytes() for example in examples("valid") if plain(example, "tiki/createProduct")
    )
    from sellerspec import Facts

    for facts in (NO_FACTS, Facts(), Facts(suppliers=(1,)), Facts(suppliers=(1,)), NO_FACTS):
        value = strict.decode(text)
        assert validator.of_text(text, facts) == (value, validator.findings(value, facts))
