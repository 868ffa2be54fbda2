"""Texts of a path or a query become the type that their parameter asks for, where they can be read as one."""

from typing import Any

import pytest

from sellerspec.contract.parts import typed
from sellerspec.openapi.spec import Parameter


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("5", {"type": "integer"}, 5),
        ("-5", {"type": ["integer", "null"]}, -5),
        ("5", {"allOf": [{"minimum": 1}, {"type": "integer"}]}, 5),
        ("5", {"anyOf": [{"type": "integer"}]}, 5),
        ("9" * 19, {"type": "integer"}, "9" * 19),
        ("1.5", {"type": "integer"}, "1.5"),
        ("1.5", {"type": "number"}, 1.5),
        ("1e5", {"type": "number"}, "1e5"),
        ("true", {"type": "boolean"}, True),
        ("false", {"type": "boolean"}, False),
        ("True", {"type": "boolean"}, "True"),
        ("5", {"type": "string"}, "5"),
        ("5", True, "5"),
    ],
)
def test_a_text_is_read_as_its_parameter_asks(text: str, schema: Any, value: Any) -> None:
    read = typed(text, Parameter("a", "query", required=False, schema=schema))
    assert (read, type(read)) == (value, type(value))


def test_a_text_nobody_describes_stays_text() -> None:
    assert typed("5", None) == "5"
