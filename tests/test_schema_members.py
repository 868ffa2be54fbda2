"""A member of a request that no source names has a finding, or the object that holds it is listed here.

Webhooks, events and responses are open: what a marketplace sends may grow.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from sellerspec import marketplaces
from sellerspec.contract import contract

BY_CODE = "its members are codes of attributes, which differ by category: rules with facts judge them"
FREE = {
    "tiki/createProduct/attributes": BY_CODE,
    "tiki/createProduct/variants/attributes": BY_CODE,
    "tiki/updateDeliveryStatus/payload": "a text is asked for: any object is a warning",
    "tiki-v2/createProductRequest/attributes": BY_CODE,
    "tiki-v2/createProductRequest/variants/attributes": BY_CODE,
    "tiki-v2/updateProductInfo/attributes": BY_CODE,
    "tiki-v2/createToken": "OAuth 2.0 ignores unknown parameters (RFC 6749, section 3.2)",
    "tiki-v2/updateSubscription": "no source shows the body",
}


KEYWORDS = {"properties", "additionalProperties"}
SAME_VALUE = ("allOf", "anyOf", "oneOf", "x-warnings")


def objects(schema: Any, place: str) -> Iterator[tuple[str, bool]]:
    """Yield the place of each object that a schema describes, and whether this subschema closes it.

    A place comes once for each subschema that applies to the same value.
    """
    if not isinstance(schema, dict):
        return
    types = schema.get("type", ())
    if "object" in ((types,) if isinstance(types, str) else types) or schema.keys() & KEYWORDS:
        yield place, schema.get("additionalProperties") is False
    for name, inner in schema.get("properties", {}).items():
        yield from objects(inner, f"{place}/{name}")
    yield from objects(schema.get("items"), place)
    for inner in [
        *(inner for key in SAME_VALUE for inner in schema.get(key, ())),
        schema.get("then"),
        schema.get("else"),
    ]:
        yield from objects(inner, place)


@pytest.mark.parametrize("marketplace", marketplaces.NAMES)
def test_each_object_of_a_request_is_closed_or_listed_with_a_reason(marketplace: str) -> None:
    specs = [operation.spec for operation in contract(marketplace).operations()]
    requests = [spec for spec in specs if not spec.operation.webhook]
    described = [
        entry
        for spec in requests
        if spec.request is not None
        for entry in objects(spec.request.schema, spec.operation.key)
    ]
    still_open = {place for place, _ in described} - {place for place, closed in described if closed}
    assert still_open == {place for place in FREE if place.startswith(f"{marketplace}/")}


@pytest.mark.parametrize(
    ("schema", "still_open"),
    [
        ({"properties": {"a": {"type": ["object", "null"]}}, "additionalProperties": False}, {"/a"}),
        ({"type": "object", "x-warnings": [{"additionalProperties": False}]}, set()),
        ({"items": {"additionalProperties": {"type": "string"}}}, {""}),
        ({"then": {"properties": {"a": {"type": "object"}}}}, {"", "/a"}),
        ({"type": "array", "items": {"type": "string"}}, set()),
    ],
)
def test_an_open_object_is_found(schema: Any, still_open: set[str]) -> None:
    described = [*objects(schema, "")]
    assert {place for place, _ in described} - {place for place, closed in described if closed} == still_open
