"""Faults and scenarios: responses that a user plans, each for a number of calls."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

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
    "body": object,
    "content_type": str,
    "code": str,
}
"""Member of a fault -> its types."""


@dataclass(slots=True)
class Fault:
    """One planned fault."""

    kind: str = "status"
    operation: str = "*"
    """An operationId, or `*`."""

    count: int = 1
    """Number of further calls that get it; -1 means all."""

    seconds: float = 0.0
    """Latency in real seconds."""

    status: int = 500
    body: Json = None
    content_type: str = JSON

    code: str = ""
    """Error code of a documented refusal, whose text is sent: `ORD_API_003`."""

    def to_dict(self) -> dict[str, Json]:
        """Return the fault as JSON."""
        effect = {"seconds": self.seconds} if self.kind == "latency" else {"status": self.status}
        return {"kind": self.kind, "operation": self.operation, "count": self.count, **effect}

    def reply(self) -> Reply | None:
        """Return the planned response; None for a refusal in the marketplace's own envelope."""
        if self.kind == "reset":
            return Reply(0, drops=True)
        if self.kind == "status" and self.body is None:
            return None
        content = self.body.encode() if isinstance(self.body, str) else orjson.dumps(self.body)
        return Reply(self.status, content, self.content_type)


class Faults:
    """The faults and scenarios of a sandbox."""

    def __init__(self, operations: tuple[str, ...]) -> None:
        self._operations = operations
        self._faults: list[Fault] = []
        self._scenarios: dict[str, deque[Fault | None]] = {}

    def add(self, raw: Json) -> None:
        """Plan one fault or a list of them; all or none.

        Raises:
            UsageError: one of them is wrong.
        """
        self._faults.extend([self._fault(fault) for fault in (raw if isinstance(raw, list) else [raw])])

    def script(self, operation: str, responses: list[Json]) -> None:
        """Plan the responses to the next calls of an operation, one entry for each call.

        An entry is `{"pass": true}` for the usual response, or a fault without `operation` and
        `count`. A number means a fault of that status; 2xx means the usual response.

        Raises:
            UsageError: an entry is wrong.
        """
        self._known(operation)
        self._scenarios[operation] = deque(self._entry(response, operation) for response in responses)

    def next(self, operation: str) -> list[Fault]:
        """Return the faults of the present call of an operation, and count it."""
        script = self._scenarios.get(operation)
        if script:
            planned = script.popleft()
            return [planned] if planned is not None else []
        faults = [fault for fault in self._faults if fault.operation in ("*", operation)]
        for fault in faults:
            if fault.count > 0:
                fault.count -= 1
        self._faults = [fault for fault in self._faults if fault.count]
        return faults

    def clear(self) -> None:
        """Forget all faults and scenarios."""
        self._faults.clear()
        self._scenarios.clear()

    def to_dict(self) -> dict[str, Json]:
        """Return what is still planned."""
        return {
            "faults": [fault.to_dict() for fault in self._faults],
            "scenarios": {
                operation: [{"pass": True} if fault is None else fault.to_dict() for fault in script]
                for operation, script in self._scenarios.items()
                if script
            },
        }

    def _entry(self, raw: Json, operation: str) -> Fault | None:
        if isinstance(raw, int) and not isinstance(raw, bool):
            raw = {"status": raw}
        if isinstance(raw, dict) and raw.get("pass") is True:
            return None
        fault = self._fault(raw)
        if set(raw) == {"status"} and fault.status < 300:
            return None
        fault.operation, fault.count = operation, 1
        return fault

    def _fault(self, raw: Json) -> Fault:
        if not isinstance(raw, dict):
            raise UsageError("a fault or an entry of a scenario is an object")
        for name, value in raw.items():
            if name not in MEMBERS:
                raise UsageError(f"a fault has no `{name}`; known: {', '.join(MEMBERS)}")
            if name != "body" and (isinstance(value, bool) or not isinstance(value, MEMBERS[name])):
                raise UsageError(f"`{name}` of a fault has another type")
        fault = Fault(**raw)
        if fault.kind not in KINDS:
            raise UsageError(f"no fault of the kind `{fault.kind[:40]}`; known: {', '.join(KINDS)}")
        if fault.operation != "*":
            self._known(fault.operation)
        if not 200 <= fault.status <= 599 or fault.seconds < 0:
            raise UsageError("`status` is 200 to 599 and `seconds` at least 0")
        return fault

    def _known(self, operation: str) -> None:
        if operation not in self._operations:
            raise UsageError(f"no operation `{operation[:40]}`; known: {', '.join(self._operations)}")
