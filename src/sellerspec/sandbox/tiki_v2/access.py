"""OAuth2 of the Open API: apps, their tokens, and the scopes that a call needs."""

import base64
import binascii
from urllib.parse import unquote
from uuid import NAMESPACE_URL, uuid5

from sellerspec.model import Finding, Json
from sellerspec.sandbox.behaviour import Call, Refused, World, known_seller, refusal, unless_locked
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.state import Store

LIFETIME = 86_400
"""Virtual seconds that an access token is valid."""

RATE = 200.0
"""Calls a second of each seller, as the vendor's page of common exceptions says."""

BASIC, POST = "client_secret_basic", "client_secret_post"

OFFLINE = "offline"
"""The scope that a refresh token needs."""

BY_TAG = {"orders": "order", "requests": "product", "products": "product"}
"""Tag of an operation -> the scope that its token needs; no page says that others need one."""

BY_OPERATION = {"listSellerWarehouses": "inventory", "listSellerInventories": "inventory"}

ALL = ("order", "product")
"""What the scope `all` stands for."""

EVERYTHING = "all inventory"
"""The scopes of the seeded tokens that the state does not keep."""


def put_token(state: Store, token: str, seller: str, app: str, scope: str, since: float) -> None:
    """Keep an access token.

    Args:
        since: when it was issued, as `stamp` has it.
    """
    known = {"seller": seller, "app": app, "scope": scope, "since": since, "lifetime": LIFETIME}
    state.put("tokens", token, known)


def seller_of(world: World, token: str) -> str:
    """Return the id of the seller of a token that has not ended; "" if there is none."""
    issued = world.state.get("tokens", token) if token else None
    if issued is None:
        return known_seller(world, token)
    age = stamp(world.clock.now()) - issued["since"]
    return str(issued["seller"]) if age < issued["lifetime"] else ""


def ended(world: World, token: str) -> str:
    """Say that a token was valid once, if it was."""
    issued = world.state.get("tokens", token)
    return f"this token has ended, {issued['lifetime']:,} seconds after it was issued" if issued else ""


def barred(call: Call, token: str) -> Finding | None:
    """Return why a token may not make a call: the seller is not active, or a scope is not granted."""
    needed = BY_OPERATION.get(call.id) or next(filter(None, map(BY_TAG.get, call.operation.spec.tags)), None)
    issued = call.state.get("tokens", token)
    granted = str(issued["scope"] if issued else EVERYTHING).split()
    if "all" in granted:
        granted.extend(ALL)
    if not call.seller or needed is None or needed in granted:
        return unless_locked(call, token)
    return refusal(403, f"the token must have the scope `{needed}`", at="/request/headers/authorization")


def create_token(call: Call) -> Reply:
    """Return a new access token."""
    app_id, app = _app(call)
    grant, asked = str(call.body["grant_type"]), str(call.body.get("scope") or "")
    if grant == "client_credentials":
        scope = asked or " ".join(one for one in app["scope"].split() if one != OFFLINE)
        return _issued(call, app_id, app["seller"], _within(scope, app["scope"]), refresh=False)
    kind, name = ("codes", "code") if grant == "authorization_code" else ("refresh-tokens", "refresh_token")
    given = str(call.body[name])
    granted = call.state.get(kind, given)
    if granted is None or granted["app"] != app_id:
        raise Refused(400, f"`{name}` must be one that this app was given and has not used", at=f"/{name}")
    if granted.get("redirect_uri") not in (None, call.body.get("redirect_uri")):
        raise Refused(400, "`redirect_uri` must be the one of the consent", at="/redirect_uri")
    scope = _within(asked or granted["scope"], granted["scope"])
    # each is used once; that a refresh token is too is our reading
    call.state.drop(kind, given)
    return _issued(call, app_id, granted["seller"], scope, refresh=OFFLINE in scope.split())


def _app(call: Call) -> tuple[str, Json]:
    """Return id and app of the client, which proves itself in the way that the app is registered with."""
    header = call.request.headers.get("authorization")
    if header is None:
        way, id, secret = POST, str(call.body.get("client_id")), str(call.body.get("client_secret"))
    else:
        way, (id, secret) = BASIC, _basic(header)
    app = call.state.get("apps", id)
    if app is None or app["secret"] != secret:
        raise Refused(401, "no app has this id and this secret")
    if app["method"] != way:
        raise Refused(401, f"this app must send its secret as `{app['method']}`, not as `{way}`")
    return id, app


def _basic(header: str) -> tuple[str, str]:
    """Return id and secret of a Basic header; empty texts if it cannot be read."""
    try:
        text = base64.b64decode(header.partition(" ")[2].strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "", ""
    id, _, secret = text.partition(":")
    return unquote(id), unquote(secret)


def _within(asked: str, granted: str) -> str:
    """Return the scopes that are asked for, if the app or the seller has granted them."""
    missing = [scope for scope in asked.split() if scope not in granted.split()]
    if missing:
        raise Refused(400, f"`scope` must be part of `{granted}`, got `{missing[0][:40]}`", at="/scope")
    return " ".join(asked.split())


def _issued(call: Call, app: str, seller: str, scope: str, *, refresh: bool) -> Reply:
    token = f"FAKE-TOKEN-{_secret(call, 'access')}"
    put_token(call.state, token, seller, app, scope, stamp(call.now))
    body = {"access_token": token, "expires_in": LIFETIME, "scope": scope, "token_type": "bearer"}
    if refresh:
        renewing = f"FAKE-REFRESH-{_secret(call, 'refresh')}"
        call.state.put("refresh-tokens", renewing, {"seller": seller, "app": app, "scope": scope})
        body["refresh_token"] = renewing
    return reply(body)


def _secret(call: Call, series: str) -> str:
    """Return a text that is the same in each run, and different from all others of this run."""
    return uuid5(NAMESPACE_URL, f"sellerspec/{series}/{call.state.number(series)}").hex
