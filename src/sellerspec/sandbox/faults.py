"""Faults and scenarios: responses that a user plans, each for a number of calls."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace

import orjson

from sellerspec.errors import UsageError
from sellerspec.model import Json
from sellerspec.sandbox.messages import JSON, Reply

KINDS = ("latency", "status", "reset", "response")
MEMBERS: Mapping[str, type | tuple[type, ...]] = {
    "kind": str,
    "operation": str,
    "count": int,
    "seconds": (int, float),
    "status": int,
    "content_type": str,
    "code": str,
}
"""Member of a fault -> its types; `body` may be anything."""


@dataclass(slots=True)
class Fault:
    """One planned disturbance."""

    kind: str
    operation: str = "*"
    """An operationId, or `*`."""

    count: int = 1
    """How many more calls it disturbs; -1 is all."""

    seconds: float = 0.0
    """Of latency, real time."""

    status: int = 500
    body: Json = None
    content_type: str = JSON

    code: str = ""
    """Of a documented refusal, which then gives the text: `ORD_API_003`."""

    def to_dict(self) -> dict[str, Json]:
        """Return the fault as JSON."""
        found: dict[str, Json] = {"kind": self.kind, "operation": self.operation, "count": self.count}
        if self.kind == "latency":
            found["seconds"] = self.seconds
        else:
            found["status"] = self.status
        return found


def fault(raw: Mapping[str, Json], known: tuple[str, ...]) -> Fault:
    """Return a fault from its JSON form.

    Raises:
        UsageError: says which member is wrong.
    """
    for name, value in raw.items():
        if name not in MEMBERS and name != "body":
            raise UsageError(f"a fault has no `{name}`; known: {', '.join([*MEMBERS, 'body'])}")
        if name in MEMBERS and (isinstance(value, bool) or not isinstance(value, MEMBERS[name])):
            raise UsageError(f"`{name}` of a fault has another type")
    found = Fault(**{"kind": "status", **raw})
    if found.kind not in KINDS:
        raise UsageError(f"no fault of the kind `{found.kind[:40]}`; known: {', '.join(KINDS)}")
    if found.operation != "*" and found.operation not in known:
        raise UsageError(f"no operation `{found.operation[:40]}`; known: {', '.join(known)}")
    if not 200 <= found.status <= 599 or found.seconds < 0:
        raise UsageError("`status` is 200 to 599 and `seconds` at least 0")
    return found


class Faults:
    """The faults and scenarios of a sandbox."""

    def __init__(self, known: tuple[str, ...]) -> None:
        self._known = known
        self._faults: list[Fault] = []
        self._scenarios: dict[str, deque[Fault | None]] = {}

    def add(self, raw: Json) -> list[Fault]:
        """Plan one fault or a list of them; all or none.

        Raises:
            UsageError: one of them is wrong.
        """
        found = [
            fault(each, self._known) for each in (raw if isinstance(raw, list) else [raw]) if _an_object(each)
        ]
        self._faults.extend(found)
        return found

    def script(self, operation: str, responses: list[Json]) -> None:
        """Plan what the next calls of an operation get, one entry for each call.

        An entry is `{"pass": true}` for the honest response, or a fault without `operation` and
        `count`; a bare status number stands for a fault of that status, 2xx for the honest response.

        Raises:
            UsageError: an entry is wrong.
        """
        if operation not in self._known:
            raise UsageError(f"no operation `{operation[:40]}`; known: {', '.join(self._known)}")
        planned: deque[Fault | None] = deque()
        for response in responses:
            entry = (
                {"status": response}
                if isinstance(response, int) and not isinstance(response, bool)
                else response
            )
            _an_object(entry)
            honest = entry.get("pass") is True or (set(entry) == {"status"} and 200 <= entry["status"] < 300)
            planned.append(
                None if honest else fault({**entry, "operation": operation, "count": 1}, self._known)
            )
        self._scenarios[operation] = planned

    def next(self, operation: str) -> list[Fault]:
        """Return what disturbs the present call of an operation, and count it."""
        script = self._scenarios.get(operation)
        if script:
            planned = script.popleft()
            return [planned] if planned is not None else []
        found = [each for each in self._faults if each.operation in ("*", operation)]
        for each in found:
            if each.count > 0:
                each.count -= 1
        self._faults = [each for each in self._faults if each.count]
        return found

    def clear(self) -> None:
        """Forget all plans."""
        self._faults.clear()
        self._scenarios.clear()

    def to_dict(self) -> dict[str, Json]:
        """Return what is still planned."""
        return {
            "faults": [each.to_dict() for each in self._faults],
            "scenarios": {
                name: [{"pass": True} if each is None else each.to_dict() for each in script]
                for name, script in self._scenarios.items()
                if script
            },
        }


def _an_object(raw: Json) -> bool:
    if not isinstance(raw, dict):
        raise UsageError("a fault or an entry of a scenario is an object")
    return True


def disturbed(plans: list[Fault]) -> tuple[float, Reply | None, Fault | None]:
    """Return the latency, the response that replaces the honest one, and the fault whose envelope is wanted.

    A fault of the kind `status` without a body is worded by the marketplace's envelope, so the
    caller does it.
    """
    delay = sum(plan.seconds for plan in plans if plan.kind == "latency")
    for plan in plans:
        if plan.kind == "reset":
            return delay, Reply(0, drops=True), None
        if plan.kind == "response" or (plan.kind == "status" and plan.body is not None):
            content = plan.body.encode() if isinstance(plan.body, str) else orjson.dumps(plan.body)
            return delay, Reply(plan.status, content, plan.content_type), None
        if plan.kind == "status":
            return delay, None, plan
    return delay, None, None


def delayed(response: Reply, seconds: float) -> Reply:
    """Return a response that waits."""
    return replace(response, delay=response.delay + seconds) if seconds else response
