"""What a run of mutations says, made by hand for the tests of accept files and reports."""

from typing import Any

from sellerspec.mutate.conclusion import Conclusion, concluded
from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.result import Gap, Result, Weakness
from sellerspec.mutate.running.suite import Failure
from sellerspec.mutate.settings import settings_of

ORDERS = "tests/test_orders.py::test_a_page"


def mutation(kind: str, place: str = "", **members: Any) -> Mutation:
    given: dict[str, Any] = {
        "marketplace": "tiki",
        "operation": "getOrder",
        "family": "response",
        "sentence": f"`{place.rpartition('/')[2]}` is {kind}",
        "because": "`price` may be null",
    }
    return Mutation(kind=kind, place=place, **given | members)


NULL = mutation("null", "/items/*/price")
ABSENT = mutation("absent", "/items/*/price")
LIMITED = mutation(
    "limited", family="behaviour", sentence="one call is refused with 429", operation="getOrders"
)
RENAMED = mutation("renamed", "/items/*/qty", family="defect", because="")
TYPED = mutation("wrong-type", "/items/*/qty", family="defect", because="")
SEEDED = mutation("price-zero", family="defect", because="", sentence="a price of 0 is taken")
MISSED = mutation("price-one-accepted", family="defect", because="", sentence="a price of 1 is taken")
LATE = mutation("late", family="behaviour", operation="orderNotification", marketplace="tokopedia")
PLANNED = (NULL, ABSENT, LIMITED, LATE, RENAMED, TYPED, SEEDED, MISSED)

CRASH = Failure(ORDERS, "crash", "TypeError: <int> expected, got None", "shop/tiki.py:12")
RESULT = Result(
    survived=(LIMITED,),
    weaknesses=(Weakness(NULL, CRASH), Weakness(ABSENT, CRASH)),
    noticed=(SEEDED,),
    gaps=tuple(Gap(defect, (ORDERS, "b", "c", "d")) for defect in (RENAMED, TYPED, MISSED)),
    not_applied=(LATE,),
)
TOKEN = Failure("tests/test_login.py::test_in", "error", "the token of the sandbox is in the output")


def conclusion(result: Result = RESULT, unjudged: tuple[str, ...] = (), **settings: Any) -> Conclusion:
    calls = {"tiki/getOrder": (ORDERS,), "tiki/getOrders": (ORDERS,)}
    return concluded(
        result, PLANNED, settings=settings_of(**settings), command="-- pytest tests/", calls=calls,
        unjudged=unjudged,
    )  # fmt: skip
