"""Requirements on headers, for both generations of Tiki's API."""

from collections.abc import Iterator

from sellerspec.marketplaces import messages
from sellerspec.model import Facts, Json
from sellerspec.rules import Violation

FORM = "application/x-www-form-urlencoded;charset=UTF-8"
"""The only other content type for which a refusal was observed."""


def content_type(headers: Json, _: Facts) -> Iterator[Violation]:
    """a body is sent as application/json"""
    given = headers.get("content-type")
    if given is None:
        message = messages.missing("Content-Type", "a request with a body must have `application/json`")
        yield Violation(("content-type",), f"the header {message}")
    elif given.partition(";")[0].strip().lower() != "application/json":
        text = f"Content type '{FORM}' not supported" if given.replace(" ", "") == FORM else None
        message = messages.must_be("Content-Type", "`application/json`", given.partition(";")[0])
        yield Violation(("content-type",), f"the header {message}", text)
