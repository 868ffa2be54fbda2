"""Tools that start, drive and stop sandboxes; they listen on this machine alone, and end with the server."""

import threading
from contextlib import ExitStack
from itertools import count

import orjson

from sellerspec import sandbox
from sellerspec.contract.project import Project
from sellerspec.errors import UnknownName, UsageError
from sellerspec.io.records import moment
from sellerspec.mcp.results import MOST_ITEMS, fitting, page, small
from sellerspec.mcp.tool import Arguments, Tool
from sellerspec.model import Json
from sellerspec.sandbox.asgi import Application
from sellerspec.sandbox.control import PREFIX
from sellerspec.sandbox.messages import Request
from sellerspec.sandbox.running import started

MOST = 8
"""Most sandboxes that run at once."""

LOG_SIZE = 500
"""How many exchanges the log of a sandbox holds: each is scrubbed when the log is read."""

ACTIONS = {
    "reset": ("POST", "reset"),
    "seed": ("POST", "seed"),
    "advance": ("POST", "clock"),
    "move": ("POST", "move"),
    "faults": ("POST", "faults"),
    "scenario": ("POST", "scenarios"),
    "clear_faults": ("DELETE", "faults"),
    "defects": ("PUT", "defects"),
    "clock": ("GET", "clock"),
    "clear_log": ("DELETE", "log"),
}
"""Action -> method and name in the control plane."""

BODYLESS = frozenset(
    action for action, (method, _) in ACTIONS.items() if method in ("GET", "DELETE") or action == "reset"
)
"""Actions without a body; all others need one."""


class Sandboxes:
    """The running sandboxes, by their names."""

    def __init__(self, project: Project) -> None:
        self._overlays = project.settings.overlays
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._running: dict[str, tuple[Application, ExitStack]] = {}

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools."""
        return (
            Tool("sandbox_start", self.start, changes=True),
            Tool("sandbox_drive", self.drive, changes=True),
            Tool("sandbox_log", self.log),
            Tool("sandbox_stop", self.stop, changes=True),
        )

    def start(self, arguments: Arguments) -> dict[str, Json]:
        """Start a sandbox on a free port; return its name, its address and the headers of a call."""
        now = arguments.get("now")
        application = sandbox.app(
            arguments["marketplace"],
            defects=arguments.get("defects", ()),
            rate_limit=arguments.get("rate_limit"),
            now=moment(now, "/now") if now is not None else None,
            overlays=self._overlays,
            log_size=LOG_SIZE,
        )
        with self._lock:
            if len(self._running) >= MOST:
                application.sandbox.close()
                raise UsageError(f"{MOST} sandboxes run already; stop one first: {', '.join(self._running)}")
            stack = ExitStack()
            stack.enter_context(started(application))
            name = f"{application.sandbox.marketplace}-{next(self._numbers)}"
            self._running[name] = application, stack
        return {**self._row(name, application), "headers": application.sandbox.auth()}

    def drive(self, arguments: Arguments) -> dict[str, Json]:
        """Control a sandbox as a test does over HTTP."""
        action = arguments["action"]
        if action in BODYLESS and "body" in arguments:
            raise UsageError(f"/body: `{action}` takes none")
        if action not in BODYLESS and "body" not in arguments:
            raise UsageError(f"/body: `{action}` needs it; see the description of the tool")
        result = self._controlled(arguments["sandbox"], *ACTIONS[action], arguments.get("body"))
        return {"result": page(result, 0) if isinstance(result, list) else small(result)}

    def log(self, arguments: Arguments) -> dict[str, Json]:
        """Return the exchanges after a number, the oldest first, scrubbed."""
        after, only = arguments.get("after", 0), arguments.get("only_findings", False)
        entries = [
            _entry(entry)
            for entry in self._controlled(arguments["sandbox"], "GET", "log")
            if entry["number"] > after and (not only or (entry["report"] or {}).get("findings"))
        ]
        kept = fitting(entries)
        more = len(entries) - len(kept)
        return {"entries": kept, "more": more, "next_after": kept[-1]["number"] if more else None}

    def stop(self, arguments: Arguments) -> dict[str, Json]:
        """Stop a sandbox."""
        name = arguments["sandbox"]
        self._application(name)
        with self._lock:
            stopped = self._running.pop(name, None)
        if stopped is not None:
            stopped[1].close()
        return {"stopped": name}

    def rows(self) -> list[Json]:
        """Return the running sandboxes as JSON."""
        return [self._row(name, application) for name, (application, _) in self._running.copy().items()]

    def close(self) -> None:
        """Stop all sandboxes."""
        while self._running:
            self._running.popitem()[1][1].close()

    def _row(self, name: str, application: Application) -> dict[str, Json]:
        box = application.sandbox
        return {
            "sandbox": name,
            "url": box.base,
            "control": f"{box.base}{PREFIX}/",
            "defects": [*box.defects],
        }

    def _application(self, name: str) -> Application:
        running = self._running.get(name)
        if running is None:
            raise UnknownName("running sandbox", name, list(self._running))
        return running[0]

    def _controlled(self, name: str, method: str, path: str, body: Json = None) -> Json:
        """Return the body of the response of a sandbox's control plane.

        Raises:
            UsageError: it refuses the call; the message begins with the place.
        """
        content = orjson.dumps(body) if body is not None else b""
        response = self._application(name).respond(Request(method, f"{PREFIX}/{path}", body=content))
        if response.status != 200:
            raise UsageError(response.json()["error"])
        return response.json()


def _entry(entry: dict[str, Json]) -> dict[str, Json]:
    """Return an entry of the log without long bodies, and with few findings."""
    sides = {side: {**entry[side], "body": small(entry[side]["body"])} for side in ("request", "response")}
    report = entry["report"]
    if report is not None:
        findings = report["findings"]
        cut = (
            {"cut": f"{MOST_ITEMS // 5} of {len(findings)} findings"}
            if len(findings) > MOST_ITEMS // 5
            else {}
        )
        report = {"ok": report["ok"], "findings": findings[: MOST_ITEMS // 5], **cut}
    return {**entry, **sides, "report": report}
