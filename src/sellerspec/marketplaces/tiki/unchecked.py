"""Requirements of calls, products and tracking that nothing here can break, each with the reason."""

from sellerspec.model import Basis
from sellerspec.rules import Rule, uncheckable

EVERY = ("*",)

UNCHECKED: tuple[Rule, ...] = (
    uncheckable(
        "tiki.token-valid",
        "the token in `tiki-api` is a valid one",
        on=EVERY,
        catalogue="G02",
        source=("tiki-docs-2020", "errors"),
        basis=Basis.OBSERVED,
        status=403,
        text="Authentication key is not valid: xxx",
        why_not="only Tiki knows its tokens; the 2019 document answers 401, the later one 403",
    ),
    uncheckable(
        "tiki.token-allowed",
        "the seller may do what the call asks for",
        on=EVERY,
        catalogue="G03",
        source=("tis-2019", "V.4.6.3"),
        status=403,
        why_not="only Tiki knows what a seller may do",
    ),
    uncheckable(
        "tiki.rate-limit",
        "calls do not come faster than the rate limit",
        on=EVERY,
        catalogue="G06",
        source=("tis-2019", "V.4.3.3"),
        status=429,
        why_not="a limit of many calls, not of one, and the 2019 document gives no number",
    ),
    uncheckable(
        "tiki.method",
        "an operation is called with its own method",
        on=EVERY,
        catalogue="G08",
        source=("tis-2019", "V.4"),
        why_not="method and path pick the operation; a call with another method belongs to none",
    ),
    uncheckable(
        "tiki.attribute-optional",
        "an attribute that the category does not require may be missing, null or empty",
        on="createProduct",
        catalogue="P12",
        source=("tis-2019", "V.4.3.1"),
        why_not="it permits and asks nothing",
    ),
    uncheckable(
        "tiki.images-size",
        "pictures of the gallery are larger than 500 by 500 pixels",
        on="createProduct",
        catalogue="P21",
        source=("tis-2019", "V.3.3"),
        text="product media is empty",
        why_not="pictures are never fetched; smaller ones are dropped, a product without any is rejected",
    ),
    uncheckable(
        "tiki.description-images-size",
        "pictures in a description are less than 700 pixels wide",
        on="createProduct",
        catalogue="P22",
        source=("tis-2019", "V.3.3"),
        why_not="the pictures are never fetched",
    ),
    uncheckable(
        "tiki.supplier-abroad",
        "a seller abroad has exactly one supplier",
        on="createProduct",
        catalogue="V17",
        source=("tis-2019", "V.3.4"),
        why_not="it speaks of the seller's account; registered suppliers given as a fact are compared",
    ),
    uncheckable(
        "tiki.trace-id-known",
        "the request named in the path exists",
        on="getTracking",
        catalogue="T09",
        source=("tis-2019", "V.4.5.4"),
        status=404,
        why_not="only Tiki knows its requests",
    ),
)
