"""Tiki's Open API: a token opens what its scope grants until it ends, and the rate limit is the known one."""

from collections import Counter
from collections.abc import Mapping

from sellerspec.fuzz.messages import Call
from sellerspec.fuzz.scenarios.common import member
from sellerspec.fuzz.target import Sequence, Target
from sellerspec.fuzz.verdict import Verdict
from sellerspec.model import Json
from sellerspec.rules import number

PUBLIC: Mapping[str, str] = {"client_id": "2345678901", "client_secret": "FAKE-SECRET-2"}
"""The public app of our sandbox."""

REFRESH = "FAKE-REFRESH-TOKEN"
"""A refresh token that our sandbox has given to it."""

BURST = 100
"""Calls in a row that a seller may make: half of those that the vendor allows in a second."""

STEPS = ("createToken -> getSeller", "createToken -> listOrders", "createToken -> createToken (refresh)")


def tokens(target: Target) -> None:
    """Ask for tokens; expect that each opens what its scope grants, and nothing after its end."""
    issued = _issued(target, target.headers_of("createToken"), grant_type="client_credentials")
    if not issued.accepted:
        return
    _scoped(target)
    _refreshed(target)
    used = target.send(target.call("getSeller", headers=_bearer(issued)), certain=False)
    target.session.transition("createToken -> getSeller")
    message = f"a new token is refused with {used.reply.status}"
    target.session.expect(used.accepted, used, "token-refused", message, before=[issued.call])
    lifetime = number(member(issued.body, "expires_in"))
    if lifetime is not None and target.advance(lifetime + 1):
        late = target.send(target.call("getSeller", headers=_bearer(issued)), certain=False)
        message = "a token is taken after the seconds of its `expires_in`"
        target.session.expect(not late.accepted, late, "token-outlives", message, before=[issued.call])


def _issued(target: Target, headers: Mapping[str, str], **form: Json) -> Verdict:
    return target.send(target.call("createToken", body=form, headers=headers), certain=False)


def _bearer(issued: Verdict) -> Mapping[str, str]:
    return {"authorization": f"Bearer {member(issued.body, 'access_token')}"}


def _scoped(target: Target) -> None:
    """Expect that a token for products does not show orders."""
    own = target.headers_of("createToken")
    issued = _issued(target, own, grant_type="client_credentials", scope="product")
    if issued.accepted:
        listed = target.send(target.call("listOrders", headers=_bearer(issued)), certain=False)
        target.session.transition("createToken -> listOrders")
        message = "a token with the scope `product` alone lists orders"
        target.session.expect(not listed.accepted, listed, "scope-ignored", message, before=[issued.call])


def _refreshed(target: Target) -> None:
    """Refresh the token of the public app of our sandbox, and refresh again with what comes back."""
    given: Json = REFRESH if target.is_sandbox else None
    before: list[Call] = []
    for _ in range(2 if target.is_sandbox else 0):
        issued = _issued(target, {}, grant_type="refresh_token", refresh_token=given, **PUBLIC)
        target.session.transition("createToken -> createToken (refresh)")
        message = f"a refresh token is refused with {issued.reply.status}"
        target.session.expect(issued.accepted, issued, "refresh-refused", message, before=before)
        given = member(issued.body, "refresh_token")
        message = "no refresh token comes back, although the scope is `offline`"
        offline = issued.accepted and "offline" in str(member(issued.body, "scope"))
        target.session.expect(not offline or bool(given), issued, "refresh-missing", message, before=before)
        if not given:
            return
        before = [issued.call]


def limits(target: Target) -> None:
    """Call our sandbox, which nobody else calls, and expect no 429 below the known limit."""
    call = target.call("getSeller")
    known = _refused(target, call)
    for _ in range(BURST if target.is_sandbox else 0):
        target.send(call)
        early = _refused(target, call) > known
        message = f"a call is refused with 429 before the seller has made {BURST} calls in a row"
        target.session.expect(not early, call, "limited-early", message)
        if early:
            return


def _refused(target: Target, call: Call) -> int:
    """Return how many calls of an operation were refused with 429 so far."""
    return target.session.coverage.statuses.get(call.operation, Counter())[429]


SEQUENCES = (Sequence(tokens, ("createToken", "getSeller", "listOrders")), Sequence(limits, ("getSeller",)))
