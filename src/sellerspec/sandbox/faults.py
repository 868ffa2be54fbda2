"""Faults and scenarios: responses that a user plans, each for a number of calls."""

from collections import deque
from dataclasses import dataclass

import orjson

from sellerspec.errors import UsageError
from sellerspec.model import Json
from sellerspec.sandbox.messages import BODYLESS, JSON, Reply

WITHOUT_BODY = BODYLESS | {205}
"""Statuses whose responses have no body, although that of a 205 has a length."""


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
    """Of the response; 0 for the status that belongs to `code`."""

    body: Json = None
    content_type: str = JSON

    code: str = ""
    """Error code of a documented refusal, whose text is sent: `ORD_API_003`."""

    def to_dict(self) -> dict[str, Json]:
        """Return the fault as JSON."""
        effect: dict[str, Json] = {"status": self.status} if self.status else {"code": self.code}
        if self.kind == "latency":
            effect = {"seconds": self.seconds}
        return {"kind": self.kind, "operation": self.operation, "count": self.count, **effect}

    def reply(self) -> Reply | None:
        """Return the planned response; None for a refusal in the marketplace's own envelope."""
        if self.kind == "reset":
            return Reply(0, ends="reset")
        if self.status in WITHOUT_BODY:
            return Reply(self.status, content_type="")
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

        Args:
            raw: of the shape `faults` of `schemas/sellerspec/sandbox-control.json`.

        Raises:
            UsageError: one of them is wrong.
        """
        many = isinstance(raw, list)
        planned = [
            self._fault(fault, f"/{index}" if many else "")
            for index, fault in enumerate(raw if many else [raw])
        ]
        self._faults.extend(planned)

    def script(self, operation: str, responses: list[Json]) -> None:
        """Plan the responses to the next calls of an operation, one entry for each call.

        An entry is `{"pass": true}` for the usual response, or a fault without `operation` and
        `count`. A number means a fault of that status; 2xx means the usual response.

        Raises:
            UsageError: an entry is wrong.
        """
        self._known(operation)
        entries = [
            self._entry(response, operation, f"/responses/{index}")
            for index, response in enumerate(responses)
        ]
        self._scenarios[operation] = deque(entries)

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

    def _entry(self, raw: Json, operation: str, at: str) -> Fault | None:
        if isinstance(raw, int):
            raw = {"status": raw}
        if "pass" in raw:
            return None
        fault = self._fault(raw, at)
        if set(raw) == {"status"} and fault.status < 300:
            return None
        fault.operation, fault.count = operation, 1
        return fault

    def _fault(self, raw: Json, at: str) -> Fault:
        usual = 200 if raw.get("kind") == "response" else 500
        fault = Fault(**{"status": 0 if raw.get("code") else usual, **raw})
        if fault.operation != "*":
            self._known(fault.operation, at)
        if fault.status in WITHOUT_BODY and fault.body is not None:
            raise UsageError(f"{at}/body: a response with status {fault.status} has no body")
        return fault

    def _known(self, operation: str, at: str = "") -> None:
        if operation not in self._operations:
            known = ", ".join(self._operations)
            raise UsageError(f"{at}/operation: no operation `{operation[:40]}`; known: {known}")
