"""Cassettes with values of any type at any place: read as exchanges of the right types, or refused."""

import copy
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from sellerspec import Exchange
from sellerspec.cassettes import files
from sellerspec.cassettes.files import Origin
from sellerspec.cli import main
from sellerspec.errors import ParseError
from sellerspec.io import yaml_text
from support.cassette_files import call

GOOD = files.interaction(
    files.Recorded(
        call(),
        Origin(
            "2026-01-31T12:00:00Z", "live", "tiki v1", "", ("a /b",), {"/response/body/x": "string"}, ("c",)
        ),
    )
)
SCALARS = [
    "9" * 5_000, "0x" + "f" * 5_000, "0b" + "1" * 5_000, "0x", "0b", "0x_", "-", "1" + ":00" * 5_000, ".inf",
    "1e999", "!!int ''", "!!float ''", "!!int x", "!!null x", "!!binary /w==", "5", "-1", "1.5", "null",
    "true",
    "2026-01-31", "[]", "[5]", "[[a]]", "[null]", "[!!binary /w==]", "{}", "{a: b}", "{1: 2}", "{null: a}",
    "9999999999999999999999999999999999999999", "''", "'\\ud800'", '"\\ud800"', "<<", "=",
]  # fmt: skip


def texts_of_hostile_cassettes(seed: int, count: int) -> Iterator[str]:
    """Yield cassettes in which one value, or one name, is another scalar."""
    draw = random.Random(seed)
    for _ in range(count):
        item = copy.deepcopy(GOOD)
        holders: list[Any] = [item]
        for holder in holders:
            holders.extend(value for value in holder.values() if isinstance(value, dict))
        holder = draw.choice(holders)
        name = draw.choice(list(holder))
        value = holder.pop(name) if draw.random() < 0.3 else holder[name]
        new = "HERE" if name not in holder else name
        holder[new] = "HERE" if new == name else value
        text = yaml.safe_dump({"interactions": [item], "version": 1})
        yield text.replace("HERE", draw.choice(SCALARS))


def read_or_refused(text: str) -> files.Recorded | None:
    """Return the exchange of a cassette, None if it is refused with a place."""
    try:
        return files.read_text(text, name="x.yaml").exchanges[0]
    except ParseError as error:
        problem = str(error)
    assert re.match(r"x\.yaml(:\d+:\d+)?: |line \d+ column \d+: ", problem), problem
    assert len(problem) < 250
    return None


def has_its_types(exchange: Exchange) -> bool:
    headers = [*exchange.request_headers.items(), *exchange.response_headers.items()]
    return (
        type(exchange.method) is type(exchange.url) is str
        and type(exchange.status) is int
        and 100 <= exchange.status <= 999
        and type(exchange.request_body) is type(exchange.response_body) is bytes
        and all(type(text) is str for pair in headers for text in pair)
    )


@pytest.mark.no_cover
def test_E1_a_value_of_any_type_at_any_place_is_refused_or_read_in_its_type() -> None:
    refused = 0
    for text in texts_of_hostile_cassettes(16, 1_500):
        recorded = read_or_refused(text)
        if recorded is None:
            refused += 1
            continue
        assert has_its_types(recorded.exchange), text
        origin = recorded.origin
        assert all(type(text) is str for text in (origin.at, origin.source, origin.spec, origin.operation))
        assert all(type(text) is str for text in (*origin.dropped, *(origin.refused_for or ()))), text
        assert json.dumps(origin.to_dict()), text
    assert 300 < refused < 1_400


@pytest.mark.no_cover
def test_E1_every_command_ends_with_a_verdict_on_a_hostile_cassette(tmp_path: Path) -> None:
    path = tmp_path / "tiki" / "x.yaml"
    path.parent.mkdir()
    for index, text in enumerate(texts_of_hostile_cassettes(17, 40)):
        path.write_text(text)
        for arguments in (
            ["check", str(path), "--format", ("text", "json", "sarif", "html", "junit")[index % 5]],
            ["doctor", str(path)],
            ["coverage", str(path)],
            ["drift", str(path), str(path)],
            ["scrub", "--dry-run", str(path)],
            ["convert", str(path), str(tmp_path / "x.har")],
        ):
            done = CliRunner().invoke(main, ["cassettes", *arguments])
            assert done.exit_code in (0, 1, 2), (arguments, text)
            assert done.exception is None or isinstance(done.exception, SystemExit), (arguments, text)
            assert "traceback" not in done.output, (arguments, text)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("- SCRUBBED-tiki_api-1", "- 5",
         "each value of `/request/headers/tiki-api` must be a text, got an integer; put it in quotes"),
        ("- SCRUBBED-tiki_api-1", "- - a",
         "each value of `/request/headers/tiki-api` must be a text, got a list; put it in quotes"),
        ("code: 200", "code: " + "9" * 40, "`/response/status/code` must be an integer, got a number"),
        ("code: 200", "code: " + "9" * 5_000, "`/response/status/code` must be an integer, got a text"),
        ("code: 200", "code: 0x", "`/response/status/code` must be an integer, got a text"),
        ("code: 200", "code: true", "`/response/status/code` must be an integer, got true or false"),
        ("code: 200", "code: 20", "`/response/status/code` must be between 100 and 999"),
        ("code: 200", "200: 200", "`/response/status/code` is missing"),
        ("string: ", "text: ", "`/response/body/string` is missing"),
        ("method: POST", "method: 'PO ST'", "`/request/method` is not the name of a method, like `GET`"),
    ],
)  # fmt: skip
def test_E1_a_value_of_another_type_is_named_with_its_place(old: str, new: str, problem: str) -> None:
    text = files.dump([files.Recorded(call())]).replace(old, new, 1)
    with pytest.raises(ParseError) as caught:
        files.read_text(text, name="x.yaml")
    assert str(caught.value) == f"x.yaml:2:1: exchange 0 is not of vcrpy's form: {problem}"


def test_E1_bytes_in_headers_are_read_as_latin_1() -> None:
    text = files.dump([files.Recorded(call())]).replace("- SCRUBBED-tiki_api-1", "- !!binary 6Q==", 1)
    assert files.read_text(text).exchanges[0].exchange.request_headers["tiki-api"] == "é"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9" * 40, 1e40), ("-" + "9" * 40, -1e40), ("9" * 5_000, "9" * 5_000),
        ("0x" + "f" * 400, "0x" + "f" * 400),
        ("0x", "0x"), ("0b", "0b"), ("18446744073709551615", 2**64 - 1), ("1:30", 90), ("1e999", "1e999"),
    ],
)  # fmt: skip
def test_E1_a_number_that_json_cannot_hold_is_read_as_json_reads_it_or_stays_text(
    text: str, value: Any
) -> None:
    assert yaml_text.load(text)[0] == value
    assert type(yaml_text.load(text)[0]) is type(value)


@pytest.mark.parametrize("text", ["!!int ''", "!!int '+'", "!!float ''", "!!int " + "9" * 5_000])
def test_E1_an_explicit_tag_whose_value_does_not_fit_is_an_error_with_its_place(text: str) -> None:
    with pytest.raises(ParseError, match=r"^line 1 column 1: not a value of the tag `!!(int|float)`$"):
        yaml_text.load(text)


@pytest.mark.timeout(20)  # for quadratic work minutes are not enough
def test_E1_a_number_of_base_60_takes_linear_time() -> None:
    assert isinstance(yaml_text.load("1" + ":00" * 300_000)[0], str)
