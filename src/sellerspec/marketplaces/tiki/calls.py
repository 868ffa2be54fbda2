"""Rules of every call: its headers."""

from collections.abc import Iterator

from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Rule, Violation, rule

POSTS = ("createProduct", "updateSku", "confirmItems", "confirmDelivery", "updateDeliveryStatus")
"""The operations that carry a body."""

FORM = "application/x-www-form-urlencoded;charset=UTF-8"
"""The one other content type whose refusal was seen."""


@rule(
    "tiki.content-type",
    on=POSTS,
    catalogue="G04",
    source=("tis-2019", "V.4.3.1"),
    basis=Basis.DOCUMENTED,
    status=400,
    reads="headers",
    hint="send `Content-Type: application/json`",
)
def content_type(headers: Json, _: Facts) -> Iterator[Violation]:
    """a body is sent as application/json"""
    given = headers.get("content-type")
    if given is None:
        yield Violation(("content-type",), "missing, `application/json` is asked for")
    elif given.partition(";")[0].strip().lower() != "application/json":
        text = f"Content type '{FORM}' not supported" if given.replace(" ", "") == FORM else None
        yield Violation(("content-type",), "another type than `application/json`", text)


@rule(
    "tiki.token-on-information",
    on=("listCategories", "getCategory"),
    catalogue="G01",
    source=("tiki-docs-2020", "categories"),
    basis=Basis.OBSERVED,
    reads="headers",
    hint="open to everybody in 2019; the later documents ask for the token here too",
)
def token_on_information(headers: Json, _: Facts) -> Iterator[Violation]:
    """the catalogue, too, is read with the header `tiki-api`"""
    if not headers.get("tiki-api"):
        yield Violation(("tiki-api",), "missing")


CALL_RULES: tuple[Rule, ...] = (content_type, token_on_information)
