"""Claim: to check a product with every rule takes a few times as long as to decode its JSON.

Valid product, two variants: at most 4 x `orjson.loads`, and at least 30 x quicker than the
reference library's `is_valid` alone, which looks at the schema only. With three findings: at
most 20 x. The other validators get the decoded value and the same schema, without our rules
that no schema can say; they say yes or no, or stop at the first error.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import fastjsonschema
import jsonschema
import jsonschema_rs
import orjson
import pydantic
from _ratios import best

import sellerspec
from sellerspec import contract

OPERATION = "tiki/createProduct"
EXAMPLES = Path(__file__).parents[1] / "tests" / "examples" / OPERATION
DOCUMENTED_INVALID = EXAMPLES / "invalid" / "documented-invalid.json"


class Variant(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)
    sku: str = pydantic.Field(min_length=1)
    quantity: int = pydantic.Field(ge=0)
    option1: str | None = None
    option2: str | None = None
    price: int = pydantic.Field(gt=0)
    market_price: int | None = None
    inventory_type: str
    supplier: int
    image: str | None = None
    images: list[str] = []


class Product(pydantic.BaseModel):
    """The shape alone: no condition, no advice, no rule."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True)
    category_id: int = pydantic.Field(gt=0)
    name: str = pydantic.Field(min_length=1)
    description: str
    market_price: int | None = None
    attributes: dict[str, str | int | float | bool | None]
    image: str = pydantic.Field(min_length=1)
    images: list[str]
    option_attributes: list[str] = pydantic.Field(max_length=2)
    variants: list[Variant] = pydantic.Field(min_length=1)


def clean() -> dict[str, Any]:
    """Return the documented configurable product, mended where it is advised against."""
    product: dict[str, Any] = json.loads((EXAMPLES / "valid" / "documented-configurable.json").read_bytes())
    product["market_price"] = 2 * product["market_price"]
    return product


def broken() -> Mapping[str, dict[str, Any]]:
    """Return products with three findings each, of every kind."""
    values, members, relations = clean(), clean(), clean()
    values["name"] = ""
    values["variants"][0]["price"] = 0
    values["variants"][1]["quantity"] = -1
    del members["name"], members["variants"][0]["sku"], members["variants"][1]["price"]
    relations["images"][0] = relations["image"]
    relations["variants"][1]["sku"] = relations["variants"][0]["sku"]
    relations["market_price"] = 1
    return {
        "the documented invalid product": json.loads(DOCUMENTED_INVALID.read_bytes()),
        "members in a wrong relation": relations,
        "members missing": members,
        "values out of bounds": values,
    }


def verdict(said: str, ratio: float, limit: float, *, at_least: bool = False) -> bool:
    held = ratio >= limit if at_least else ratio <= limit
    budget = f"{'>=' if at_least else '<='} {limit:g} x"
    print(f"{said:<58} {ratio:8.2f} x   {budget:<8} {'held' if held else 'NOT held'}")
    return held


def texts(value: Any) -> Mapping[str, bytes]:
    """Return a value as clients send it."""
    return {
        "as httpx sends it": json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(),
        "as requests sends it": json.dumps(value).encode(),
        "in lines": json.dumps(value, ensure_ascii=False, indent=2).encode(),
    }


def valid() -> bool:
    product = clean()
    held = True
    for said, text in texts(product).items():
        report = sellerspec.check(OPERATION, text)
        assert not report.findings, str(report)
        taken = best(
            {"loads": lambda t=text: orjson.loads(t), "check": lambda t=text: sellerspec.check(OPERATION, t)}
        )
        held &= verdict(f"valid, {said} / orjson.loads", taken["check"] / taken["loads"], 4)

    schema = contract.operation(OPERATION).spec.request.schema
    text = texts(product)["as httpx sends it"]
    reference = jsonschema.Draft202012Validator(schema).is_valid
    quick = jsonschema_rs.Draft202012Validator(schema).is_valid
    generated = fastjsonschema.compile({**schema, "$schema": "http://json-schema.org/draft-07/schema"})
    others: dict[str, Callable[[], object]] = {
        "jsonschema, is_valid alone": lambda: reference(product),
        "jsonschema-rs, is_valid alone": lambda: quick(product),
        "fastjsonschema, validate alone": lambda: generated(product),
        "pydantic, the shape alone, from bytes": lambda: Product.model_validate_json(text),
    }
    assert reference(product)
    assert quick(product)
    taken = best({**others, "check": lambda: sellerspec.check(OPERATION, text)})
    for said in others:
        ratio = taken[said] / taken["check"]
        if said.startswith("jsonschema,"):
            held &= verdict(f"{said} / check from bytes", ratio, 30, at_least=True)
        else:
            print(f"{said + ' / check from bytes':<58} {ratio:8.2f} x")
    return held


def refused() -> bool:
    held = True
    for said, product in broken().items():
        text = texts(product)["as httpx sends it"]
        report = sellerspec.check(OPERATION, text)
        assert len(report.findings) == 3, str(report)
        taken = best(
            {"loads": lambda t=text: orjson.loads(t), "check": lambda t=text: sellerspec.check(OPERATION, t)}
        )
        held &= verdict(f"3 findings, {said} / orjson.loads", taken["check"] / taken["loads"], 20)
    return held


if __name__ == "__main__":
    outcomes = [valid(), refused()]
    raise SystemExit(0 if all(outcomes) else 1)
