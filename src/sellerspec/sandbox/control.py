"""The control plane: what a test asks of the sandbox itself, under `/__sandbox/`."""

from collections.abc import Callable
from urllib.parse import parse_qsl

import orjson

from sellerspec.errors import SellerspecError
from sellerspec.model import Json
from sellerspec.sandbox.messages import Call, Reply, reply
from sellerspec.sandbox.server import Sandbox

PREFIX = "/__sandbox"


class ControlError(Exception):
    """A call to the control plane cannot be understood."""


class Control:
    """Responses the calls below `/__sandbox/`, in an envelope of our own: `{"error": "..."}`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._routes: dict[str, dict[str, Callable[[Call], Json]]] = {
            "": {"GET": self._overview},
            "reset": {"POST": self._reset},
            "seed": {"POST": self._seed},
            "clock": {"GET": self._clock, "POST": self._advance},
            "faults": {"GET": self._plans, "POST": self._fault, "DELETE": self._no_faults},
            "scenarios": {"GET": self._plans, "POST": self._scenario, "DELETE": self._no_faults},
            "state": {"GET": self._snapshot, "PUT": self._restore, "POST": self._restore},
            "move": {"POST": self._move},
            "defects": {"GET": self._defects, "PUT": self._switch},
            "webhooks": {"GET": self._deliveries},
            "log": {"GET": self._log, "DELETE": self._no_log},
        }

    def handle(self, call: Call) -> Reply:
        """Response one call."""
        methods = self._routes.get(call.path.removeprefix(PREFIX).strip("/"))
        if methods is None:
            return reply({"error": f"nothing here; see {PREFIX}/"}, 404)
        if call.method not in methods:
            allowed = ", ".join(methods)
            return reply({"error": f"only {allowed} here"}, 405, allow=allowed)
        if call.oversized:
            return reply({"error": "the body is too large"}, 413)
        try:
            found = methods[call.method](call)
        except (ControlError, SellerspecError) as error:
            return reply({"error": str(error)}, 422 if isinstance(error, SellerspecError) else 400)
        return found if isinstance(found, Reply) else reply(found)

    def _overview(self, _: Call) -> Json:
        box = self._sandbox
        return {
            "marketplace": box.marketplace,
            "operations": list(box.behaviour.handlers),
            "control": {f"{PREFIX}/{name}": list(methods) for name, methods in self._routes.items()},
            "now": box.clock.now().isoformat(sep=" ", timespec="seconds"),
            "defects": list(box.defects),
        }

    def _reset(self, _: Call) -> Json:
        self._sandbox.reset()
        return {"reset": True}

    def _seed(self, call: Call) -> Json:
        return {"seeded": self._sandbox.seed(_decoded(call))}

    def _clock(self, _: Call) -> Json:
        clock = self._sandbox.clock
        return {
            "now": clock.now().isoformat(sep=" ", timespec="seconds"),
            "elapsed": round(clock.elapsed(), 3),
        }

    def _advance(self, call: Call) -> Json:
        seconds = _member(call, "advance", int, float)
        self._sandbox.advance(float(seconds))
        return self._clock(call)

    def _plans(self, _: Call) -> Json:
        with self._sandbox.lock:
            return self._sandbox.faults.to_dict()

    def _fault(self, call: Call) -> Json:
        with self._sandbox.lock:
            self._sandbox.faults.add(_decoded(call))
        return self._plans(call)

    def _no_faults(self, call: Call) -> Json:
        with self._sandbox.lock:
            self._sandbox.faults.clear()
        return self._plans(call)

    def _scenario(self, call: Call) -> Json:
        operation, responses = _member(call, "operation", str), _member(call, "responses", list)
        with self._sandbox.lock:
            self._sandbox.faults.script(operation, responses)
        return self._plans(call)

    def _snapshot(self, _: Call) -> Json:
        return self._sandbox.snapshot()

    def _restore(self, call: Call) -> Json:
        self._sandbox.restore(_decoded(call))
        return {"restored": True}

    def _move(self, call: Call) -> Json:
        name, state = _member(call, "name", str), _member(call, "state", str)
        self._sandbox.move(name, state)
        return {"moved": name, "state": state}

    def _defects(self, _: Call) -> Json:
        on = self._sandbox.defects
        return [
            {"id": defect.id, "on": defect.id in on, "operations": list(defect.on), "says": defect.says}
            for defect in self._sandbox.known_defects.values()
        ]

    def _switch(self, call: Call) -> Json:
        with self._sandbox.lock:
            self._sandbox.switch(_member(call, "on", list))
        return {"on": list(self._sandbox.defects)}

    def _deliveries(self, _: Call) -> Json:
        return self._sandbox.deliveries()

    def _log(self, call: Call) -> Json:
        form = dict(parse_qsl(call.query)).get("format", "json")
        if form not in ("json", "har"):
            raise ControlError("`format` is `json` or `har`")
        with self._sandbox.lock:
            log = self._sandbox.log
            return log.har(self._sandbox.base) if form == "har" else log.to_json()

    def _no_log(self, _: Call) -> Json:
        with self._sandbox.lock:
            self._sandbox.log.clear()
        return []


def _decoded(call: Call) -> Json:
    try:
        return orjson.loads(call.body)
    except orjson.JSONDecodeError:
        raise ControlError("the body is not JSON") from None


def _member(call: Call, name: str, *kinds: type) -> Json:
    body = _decoded(call)
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise ControlError(f"`{name}` is missing or of another type")
    return value
