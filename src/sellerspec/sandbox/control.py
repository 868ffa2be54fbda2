"""The control plane: requests of a test to the sandbox itself, under `/__sandbox/`."""

from collections.abc import Callable
from urllib.parse import parse_qsl

import orjson

from sellerspec.errors import SellerspecError
from sellerspec.model import Json
from sellerspec.sandbox.messages import Reply, Request, reply
from sellerspec.sandbox.server import Sandbox

PREFIX = "/__sandbox"


class ControlError(Exception):
    """A request to the control plane cannot be understood."""


class Control:
    """Handles requests below `/__sandbox/`; an error is `{"error": "..."}`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        plans = {"GET": self._plans, "DELETE": self._forget_plans}
        self._routes: dict[str, dict[str, Callable[[Request], Json]]] = {
            "": {"GET": self._overview},
            "reset": {"POST": self._reset},
            "seed": {"POST": lambda request: {"seeded": sandbox.seed(_decoded(request))}},
            "clock": {"GET": self._clock, "POST": self._advance},
            "faults": {**plans, "POST": self._plan},
            "scenarios": {**plans, "POST": self._script},
            "state": {"GET": lambda _: sandbox.snapshot(), "PUT": self._restore, "POST": self._restore},
            "move": {"POST": self._move},
            "defects": {"GET": self._defects, "PUT": self._switch},
            "webhooks": {"GET": lambda _: sandbox.deliveries()},
            "log": {"GET": self._log, "DELETE": self._forget_log},
        }

    def handle(self, request: Request) -> Reply:
        """Return the reply to one request."""
        methods = self._routes.get(request.path.removeprefix(PREFIX).strip("/"))
        if methods is None:
            return reply({"error": f"nothing here; see {PREFIX}/"}, 404)
        if request.method not in methods:
            allowed = ", ".join(methods)
            return reply({"error": f"only {allowed} here"}, 405, allow=allowed)
        if request.oversized:
            return reply({"error": "the body is too large"}, 413)
        try:
            return reply(methods[request.method](request))
        except ControlError as error:
            return reply({"error": str(error)}, 400)
        except SellerspecError as error:
            return reply({"error": str(error)}, 422)

    def _overview(self, _: Request) -> Json:
        return {
            "marketplace": self._sandbox.marketplace,
            "operations": list(self._sandbox.behaviour.handlers),
            "control": {f"{PREFIX}/{name}": list(methods) for name, methods in self._routes.items()},
            "now": self._now(),
            "defects": list(self._sandbox.defects),
        }

    def _now(self) -> str:
        return self._sandbox.clock.now().isoformat(sep=" ", timespec="seconds")

    def _reset(self, _: Request) -> Json:
        self._sandbox.reset()
        return {"reset": True}

    def _clock(self, _: Request) -> Json:
        return {"now": self._now(), "elapsed": round(self._sandbox.clock.elapsed(), 3)}

    def _advance(self, request: Request) -> Json:
        self._sandbox.advance(float(_member(request, "advance", int, float)))
        return self._clock(request)

    def _plans(self, _: Request) -> Json:
        with self._sandbox.lock:
            return self._sandbox.faults.to_dict()

    def _plan(self, request: Request) -> Json:
        self._sandbox.plan(_decoded(request))
        return self._plans(request)

    def _script(self, request: Request) -> Json:
        self._sandbox.script(_member(request, "operation", str), _member(request, "responses", list))
        return self._plans(request)

    def _forget_plans(self, request: Request) -> Json:
        with self._sandbox.lock:
            self._sandbox.faults.clear()
        return self._plans(request)

    def _restore(self, request: Request) -> Json:
        self._sandbox.restore(_decoded(request))
        return {"restored": True}

    def _move(self, request: Request) -> Json:
        name, state = _member(request, "name", str), _member(request, "state", str)
        self._sandbox.move(name, state)
        return {"moved": name, "state": state}

    def _defects(self, _: Request) -> Json:
        on = self._sandbox.defects
        return [
            {**defect.to_dict(), "on": defect.id in on} for defect in self._sandbox.known_defects.values()
        ]

    def _switch(self, request: Request) -> Json:
        self._sandbox.switch(_member(request, "on", list))
        return {"on": list(self._sandbox.defects)}

    def _log(self, request: Request) -> Json:
        form = dict(parse_qsl(request.query)).get("format", "json")
        if form not in ("json", "har"):
            raise ControlError("`format` is `json` or `har`")
        with self._sandbox.lock:
            log = self._sandbox.log
            return log.har(self._sandbox.base) if form == "har" else log.to_json()

    def _forget_log(self, _: Request) -> Json:
        with self._sandbox.lock:
            self._sandbox.log.clear()
        return []


def _decoded(request: Request) -> Json:
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise ControlError("the body is not JSON") from None


def _member(request: Request, name: str, *types: type) -> Json:
    body = _decoded(request)
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, types) or isinstance(value, bool):
        raise ControlError(f"`{name}` is missing or of another type")
    return value
