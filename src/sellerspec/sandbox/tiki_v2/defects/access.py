"""Seeded defects of tokens and scopes, and of the rate limit."""

from dataclasses import replace

from sellerspec.model import Json
from sellerspec.sandbox import shared_defects as shared
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.defect import Defect, changing, defect
from sellerspec.sandbox.messages import Reply
from sellerspec.sandbox.tiki_v2.access import EVERYTHING, LIFETIME

TOKEN = ("tiki-v2.token",)


def _kept(call: Call, response: Reply, **changes: Json) -> Reply:
    """Change what is kept of the token that was issued, and nothing of the response."""
    if response.status == 200:
        token = response.json()["access_token"]
        call.state.put("tokens", token, {**call.state.get("tokens", token), **changes})
    return response


@defect("token-never-ends", "after", "createToken")
def never_ends(call: Call, response: Reply) -> Reply:
    """a token is valid longer than its `expires_in`"""
    return _kept(call, response, lifetime=365 * LIFETIME)


@defect("token-ends-early", "after", "createToken")
def ends_early(call: Call, response: Reply) -> Reply:
    """a token ends at once, although its `expires_in` is a day"""
    return _kept(call, response, lifetime=0)


@defect("scope-not-checked", "after", "createToken")
def not_checked(call: Call, response: Reply) -> Reply:
    """a token may do everything, whatever its scope is"""
    return _kept(call, response, scope=EVERYTHING)


@defect("refresh-refused", "before", "createToken")
def refresh_refused(call: Call) -> Reply | None:
    """a valid refresh token is refused"""
    if call.member("grant_type") != "refresh_token":
        return None
    return shared.refused(call, 400, "the refresh token is not known")


@changing("refresh-token-missing", "createToken")
def no_refresh(_: Call, body: Json) -> Json:
    """a public app with the scope `offline` gets no refresh token"""
    return {name: value for name, value in body.items() if name != "refresh_token"}


@changing("token-type-other", "createToken", rules=TOKEN)
def other_type(_: Call, body: Json) -> Json:
    """`token_type` is `mac`"""
    return {**body, "token_type": "mac"}


@changing("expired-when-issued", "createToken", rules=TOKEN)
def expired(_: Call, body: Json) -> Json:
    """`expires_in` of a new token is 0"""
    return {**body, "expires_in": 0}


@defect("rate-limit-low", "before", "getSeller", "listOrders", "listProducts")
def limit_low(call: Call) -> Reply | None:
    """a call counts as ten, so a tenth of the calls that a seller may make in a second are taken"""
    waits = [call.world.limit.wait(call.seller) for _ in range(9)]
    if not any(waits):
        return None
    headers = call.world.behaviour.limited(max(waits), call.world.limit.rate or 1.0)
    return replace(shared.refused(call, 429, "too many calls a second"), headers=headers)


ACCESS: tuple[Defect, ...] = (
    never_ends,
    ends_early,
    not_checked,
    refresh_refused,
    no_refresh,
    other_type,
    expired,
    limit_low,
    shared.typed_as_text("expires-in-as-text", "expires_in", "createToken", rules=TOKEN),
    shared.dropped("access-token-dropped", "access_token", "createToken", rules=TOKEN),
)
