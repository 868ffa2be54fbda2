"""Collect facts from a server: by calls that read, and the one for a token. Bounded; no secret is shown."""

import base64
import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote, urlencode

from sellerspec import contract
from sellerspec.errors import ParseError, SellerspecError, UsageError
from sellerspec.io import calls, records
from sellerspec.io.secret_names import Names
from sellerspec.io.strict import canonical, decode
from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.facts import FORMS, enveloped
from sellerspec.model import Json
from sellerspec.rules import FactSource
from sellerspec.values import number

ACCESS = "createToken"
"""The operation that returns a token: the only call that does not read."""

MOST_CALLS = 2_000
MOST_PAGES = 200
"""Calls of one run, and pages of one list."""

MOST_BYTES = 256 << 20
"""Bytes of all responses of one run together."""

PAGE = 50
"""Entries of a page that are asked for."""

WAITS = 3
LONGEST_WAIT = 10
"""How often, and for how many seconds, a call waits because of status 429."""

MOST_SECONDS = 600.0
"""Seconds of one run."""

REDIRECTS, SERVER_FAILED = range(300, 400), 500

LEAST_SECRET = 8
"""Characters from which a token is looked for in what a server returns; a shorter one may be any word."""


class App(NamedTuple):
    """An app of the seller that gets a token by its client credentials."""

    id: str
    secret: str
    scope: str = ""
    in_form: bool = False
    """Whether the app is registered for its secret in the form, not in a Basic header."""


class NotCollected(SellerspecError):
    """A call did not return what is needed."""


class Collected(NamedTuple):
    """The facts that a server returned."""

    facts: Mapping[str, Json]
    problems: tuple[str, ...]
    """Reasons why other facts are missing, one line per fact."""


def sources(marketplace: str) -> Mapping[str, FactSource]:
    """Return the facts that a marketplace returns, with their calls.

    Raises:
        UnknownName: there is no such marketplace.
        UsageError: nothing is known about it.
    """
    known = contract.contract(marketplace).marketplace.sources
    if not known:
        raise UsageError(f"no reading calls of `{marketplace}` are known that return facts")
    return known


def collect(
    marketplace: str, url: str, *, category: int | None = None, token: str = "", app: App | None = None
) -> Collected:
    """Return the facts that a server returns, and why others are missing.

    Args:
        marketplace: whose calls are made.
        url: of the server: `https://api.tiki.vn`.
        category: without it only facts about the seller are collected.
        token: an access token.
        app: gets a token, if none is given.

    Raises:
        UnknownName: there is no such marketplace.
        UsageError: the marketplace returns no facts, or the address is not that of a server.
        NotCollected: there is no token.
    """
    known = sources(marketplace)
    calls.require_server(url)
    server = _Server(marketplace, url)
    server.token = token or (server.new_token(app) if app is not None else "")
    facts: dict[str, Json] = {}
    problems: list[str] = []
    for fact, source in known.items():
        if source.category and category is None:
            continue
        try:
            facts[fact], left_out = server.fact(fact, source, category)
            problems.extend(f"{fact}: {problem}" for problem in left_out)
        except NotCollected as error:
            problems.append(f"{fact}: {error}")
    return Collected(facts, tuple(problems))


class _Server:
    """Makes the calls of one run."""

    def __init__(self, marketplace: str, url: str) -> None:
        self._contract = contract.contract(marketplace)
        self._url = url.rstrip("/")
        self._left = MOST_CALLS
        self._bytes_left = MOST_BYTES
        self._until = time.monotonic() + MOST_SECONDS
        self._silent = ""
        self._names = Names(self._contract.marketplace.secret_members)
        self.token = ""

    def new_token(self, app: App) -> str:
        form = {"grant_type": "client_credentials", "client_id": app.id, "scope": app.scope}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if app.in_form:
            form["client_secret"] = app.secret
        else:
            pair = f"{quote(app.id, safe='')}:{quote(app.secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        operation = self._contract.operation(ACCESS).operation
        value = self._value(ACCESS, operation.method, operation.path, headers, urlencode(form).encode())
        token = value.get("access_token") if isinstance(value, dict) else None
        if not isinstance(token, str) or not token:
            raise NotCollected(f"`{ACCESS}` returned no `access_token`")
        if not (token.isascii() and token.isprintable()):
            raise NotCollected(f"`{ACCESS}` returned an `access_token` that cannot be sent in a header")
        return token

    def fact(self, fact: str, source: FactSource, category: int | None) -> tuple[Json, list[str]]:
        """Return a fact, and what is missing in it."""
        given = {source.category: category} if source.category else {}
        value = self._all(source.operation, given)
        if source.member:
            content = enveloped(value)
            value = content.get(source.member) if isinstance(content, dict) else None
        form = {**FORMS, **self._contract.marketplace.facts}.get(fact)
        value = value if form is None else form.read(value)
        if value is not None:
            value = list(value) if isinstance(value, tuple) else value
        try:
            records.fact(fact, value, source.operation)
        except ParseError:
            value = None
        if value is None:
            what = form.what if form is not None and not source.member else "what is needed"
            raise NotCollected(f"what `{source.operation}` returned is not {what}")
        problems = list(self._values(value, source)) if source.values_of else []
        return value, problems

    def _public(self, value: Json, parent: str = "") -> Json:
        """Return a value without the members that are secret or personal by name; facts are kept in files."""
        if isinstance(value, list):
            return [self._public(item, parent) for item in value]
        if not isinstance(value, dict):
            return value
        names = (name for name in value if self._names.kind(name, parent) not in ("secret", "personal"))
        return {name: self._public(value[name], name) for name in names}

    def _values(self, items: list[Json], source: FactSource) -> Iterator[str]:
        """Put the values into the items that have some; yield why an item has none."""
        for item in items:
            if not source.has_values(item):
                continue
            id = number(item.get("id"))
            try:
                if id is None:
                    raise NotCollected("it has no `id`")
                values = enveloped(self._all(source.values_of, {"id": id}))
                if not isinstance(values, list):
                    raise NotCollected(f"what `{source.values_of}` returned is no list")
                item["values"] = values
            except NotCollected as error:
                yield f"no values of `{str(item.get('code'))[:40]}`: {error}"

    def _all(self, id: str, given: Mapping[str, Json]) -> Json:
        """Return the public members of the response of a reading call, of all pages together."""
        ready = self._contract.operation(id)
        if ready.operation.method != "GET":
            raise UsageError(f"`{id}` is no reading call")
        places = {parameter.name: parameter.where for parameter in ready.spec.parameters}
        path = ready.operation.path
        for name in (name for name in given if places.get(name) == "path"):
            path = path.replace(f"{{{name}}}", quote(str(given[name]), safe=""))
        query = {name: value for name, value in given.items() if places.get(name) == "query"}
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if "page" not in places:
            return self._public(self._value(id, "GET", _target(path, query), headers))
        entries: list[Json] = []
        for page in range(1, MOST_PAGES + 1):
            own = {**query, "page": page, "limit": PAGE}
            value = self._value(id, "GET", _target(path, own), headers)
            data = enveloped(value)
            if not isinstance(data, list):
                raise NotCollected(f"what `{id}` returned is no list")
            entries += data
            last, total = (number(member(value, "paging", name)) for name in ("last_page", "total"))
            if not data or (page >= last if last is not None else len(data) < PAGE):
                if total is not None and len(entries) < total:
                    raise NotCollected(f"`{id}` returned {len(entries)} of {total} entries")
                return self._public(entries)
        raise NotCollected(f"`{id}` has more than {MOST_PAGES} pages of {PAGE}")

    def _answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> calls.Answer:
        """Make a call, again where the server asks for a pause, within the bounds of the run."""
        for attempt in range(WAITS + 1):
            if self._left <= 0:
                raise NotCollected(f"more than {MOST_CALLS:,} calls would be needed")
            if time.monotonic() > self._until:
                raise NotCollected(f"more than {MOST_SECONDS:.0f} seconds would be needed")
            if self._silent:
                raise NotCollected(f"no further call was made: {self._silent}")
            self._left -= 1
            answer = calls.call(method, self._url + target, headers, body)
            if answer.status != 429 or attempt == WAITS:
                break
            time.sleep(max(0, min(number(answer.wait) or 1, LONGEST_WAIT)))
        self._bytes_left -= len(answer.body)
        if self._bytes_left < 0:
            raise NotCollected(f"more than {MOST_BYTES >> 20} MiB would be read")
        return answer

    def _value(
        self, id: str, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Json:
        answer = self._answer(method, target, headers, body)
        if answer.status is None:
            self._silent = answer.problem
            raise NotCollected(f"`{id}`: {answer.problem}")
        if answer.status != 200:
            raise NotCollected(f"`{id}` has status {answer.status}{_meaning(answer.status)}")
        try:
            value = decode(answer.body)
        except ParseError as error:
            raise NotCollected(f"what `{id}` returned cannot be read: {error}") from None
        if len(self.token) >= LEAST_SECRET and self.token.encode() in canonical(value):
            raise NotCollected(f"what `{id}` returned holds the token, which no file may hold")
        return value


def _target(path: str, query: Mapping[str, Json]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _meaning(status: int) -> str:
    if status >= SERVER_FAILED:
        return ": the server failed"
    if status in REDIRECTS:
        return ": no redirect is followed, as the token would go with it; name the address that it leads to"
    return {
        401: ": the token, or the app, is not accepted",
        403: ": the token lacks a scope, or the seller is not active",
        404: ": the server does not know the category, or `--url` is not its address",
        429: ": too many calls",
    }.get(status, "")
