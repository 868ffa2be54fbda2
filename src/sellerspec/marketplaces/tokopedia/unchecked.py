"""Requirements of Tokopedia that no payload can be seen to break, each with the reason."""

from sellerspec.model import Basis
from sellerspec.rules import Rule, uncheckable

LIST, GUIDE, HOOK = "tokopedia-order-list", "tokopedia-guide", "tokopedia-order-webhook"
WEBHOOKS = ("tokocabangOrderNotification", "orderNotification", "orderStatus")
UPSTREAM = "it tells of a failure inside the marketplace, not of the request"


def _upstream(code: str, id: str, requirement: str, text: str) -> Rule:
    return uncheckable(
        id,
        requirement,
        on="listOrders",
        catalogue=code,
        source=(LIST, "Error Codes"),
        why_not=UPSTREAM,
        text=text,
    )


RULES: tuple[Rule, ...] = (
    _upstream("ORD_API_001", "tokopedia.upstream-request",
              "the marketplace can start its own request for the orders", "Failed To Initialize Request"),
    _upstream("ORD_API_003", "tokopedia.upstream-fetch",
              "the marketplace can fetch the orders", "Failed To Fetching Request"),
    _upstream("ORD_API_004", "tokopedia.upstream-read",
              "the marketplace can read the orders it fetched", "Failed To Reading Response Body"),
    _upstream("ORD_API_005", "tokopedia.upstream-parse",
              "the orders that the marketplace fetched are JSON", "Failed To Parsing Json Response"),
    _upstream("ORD_API_006", "tokopedia.upstream-service",
              "the service behind the order list works", "There Are Error From Ext Service"),
    uncheckable(
        "tokopedia.answer-size", "the orders of a request fit into one answer", on="listOrders",
        catalogue="ORD_API_009", source=(LIST, "Error Codes"),
        text="Error Data Order Too Big, Must Reduce Time Interval",
        why_not="the limit is not documented, and only the marketplace knows how many orders there are",
    ),
    uncheckable(
        "tokopedia.shop-linked", "the app belongs to the shop or the warehouse that it asks about",
        on="listOrders", catalogue="ORD_USC_015", source=(LIST, "Error Codes"),
        text="FS ID Is Not Associated With Shop ID or Warehouse ID",
        why_not="only the marketplace knows which shops an app is linked to",
    ),
    uncheckable(
        "tokopedia.token-valid", "the token is one the marketplace issued and has not expired",
        on="listOrders", catalogue="authentication", source=(GUIDE, "authentication"), status=401,
        why_not="a token says nothing about itself; the sandbox decides by its own settings",
    ),
    uncheckable(
        "tokopedia.caller-listed", "the address of the caller is on the app's list", on="listOrders",
        catalogue="ip-whitelist", source=(GUIDE, "IP whitelist"),
        why_not="only the marketplace knows the list and the address",
    ),
    uncheckable(
        "tokopedia.rate-limit", "calls stay below the rate of the endpoint", on="listOrders",
        catalogue="rate-limit", source=(GUIDE, "rate limit"), status=429,
        why_not="one exchange cannot exceed a rate, and the limit of this call is not documented",
    ),
    uncheckable(
        "tokopedia.time-zone", "times count from the same zone everywhere", on="*", catalogue="K019",
        source=("tokopedia-traffic", "times"), basis=Basis.INFERRED,
        why_not="a wall clock of Jakarta written as UTC looks like any other time",
    ),
    uncheckable(
        "tokopedia.end-of-list", "a page past the last one has no orders", on="listOrders", catalogue="K028",
        source=(LIST, "Request Parameters"), basis=Basis.INFERRED,
        why_not="an answer has no total, and whether the end is an empty list or null is not documented",
    ),
    uncheckable(
        "tokopedia.encryption-opens", "the encrypted block opens with the app's private key",
        on=("listOrders", "tokocabangOrderNotification", "orderNotification"), catalogue="encryption",
        source=(GUIDE, "encryption"), why_not="no private key is ever given to sellerspec",
    ),
    uncheckable(
        "tokopedia.webhook-signature", "a notification is signed with the webhook secret", on=WEBHOOKS,
        catalogue="webhook-signature", source=(HOOK, "transport"), basis=Basis.INFERRED,
        why_not="neither the algorithm nor the signed text is documented",
    ),
    uncheckable(
        "tokopedia.webhook-answer", "the receiver answers 200", on=WEBHOOKS, catalogue="webhook-answer",
        source=(HOOK, "transport"), basis=Basis.ASSUMED,
        why_not="no page says which answer counts as received, nor when a notification is sent again",
    ),
)  # fmt: skip
