"""The control plane: requests of a test to the sandbox itself, under `/__sellerspec/`."""

from collections.abc import Callable, Mapping
from functools import cache
from urllib.parse import parse_qsl

from sellerspec.contract.project import Project
from sellerspec.contract.settings import Settings
from sellerspec.errors import ParseError, SellerspecError, UnknownName, UsageError
from sellerspec.io.strict import decode
from sellerspec.model import Json
from sellerspec.sandbox import shapes
from sellerspec.sandbox.checking import CheckService
from sellerspec.sandbox.description import description
from sellerspec.sandbox.messages import Reply, Request, reply
from sellerspec.sandbox.server import Sandbox
from sellerspec.sandbox.state import NotWritten

PREFIX = "/__sellerspec"
CHECK = "check/"
"""Below the prefix; the key of an operation follows."""


class ControlError(Exception):
    """A request to the control plane cannot be understood."""


Route = Callable[[Request], Json]


class Plane:
    """Handles requests below `/__sellerspec/`; an error is `{"error": "..."}`."""

    def __init__(self, routes: Mapping[str, Mapping[str, Route]], service: CheckService) -> None:
        """Combine routes with those that every control plane has.

        Args:
            routes: name below the prefix -> method -> what handles it.
            service: checks payloads.
        """
        self.routes: Mapping[str, Mapping[str, Route]] = {
            **routes,
            "openapi.json": {"GET": lambda _: description(self.routes)},
        }
        self._service = service

    def handle(self, request: Request) -> Reply:
        """Return the reply to one request."""
        name = request.path.removeprefix(PREFIX).strip("/")
        methods = {"POST": self._check} if name.startswith(CHECK) else self.routes.get(name)
        if methods is None:
            return reply({"error": f"nothing here; see {PREFIX}/"}, 404)
        if request.method not in methods:
            allowed = ", ".join(methods)
            return reply({"error": f"only {allowed} here"}, 405, allow=allowed)
        if request.unread is not None:
            return reply({"error": request.unread.reason}, request.unread.status)
        try:
            return reply(methods[request.method](request))
        except (ControlError, ParseError) as error:
            return reply({"error": str(error)}, 400)
        except NotWritten as error:
            return reply({"error": str(error)}, 507)
        except UnknownName as error:
            is_path = name.startswith(CHECK) and error.kind != "fact"
            return reply({"error": str(error)}, 404 if is_path else 422)
        except SellerspecError as error:
            return reply({"error": str(error)}, 422)

    def _check(self, request: Request) -> Json:
        return self._service.check(request.path.removeprefix(f"{PREFIX}/{CHECK}"), request.body)

    def listed(self) -> Json:
        """Return every path with its methods."""
        paths = {f"{PREFIX}/{name}".rstrip("/"): list(methods) for name, methods in self.routes.items()}
        return {**paths, f"{PREFIX}/{CHECK}{{marketplace}}/{{operationId}}": ["POST"]}


class Control(Plane):
    """The control plane of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        plans = {"GET": self._plans, "DELETE": self._forget_plans}
        routes: dict[str, dict[str, Route]] = {
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
        super().__init__(routes, CheckService(cache(self._project)))

    def _project(self) -> Project:
        return Project(Settings(overlays=self._sandbox.settings.overlays))

    def _overview(self, _: Request) -> Json:
        return {
            "marketplace": self._sandbox.marketplace,
            "operations": list(self._sandbox.behaviour.handlers),
            "assumed": [ready.operation.id for ready in self._sandbox.contract.operations() if ready.assumed],
            "control": self.listed(),
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
        self._sandbox.advance(_body("clock", request)["advance"])
        return self._clock(request)

    def _plans(self, _: Request) -> Json:
        with self._sandbox.lock:
            return self._sandbox.faults.to_dict()

    def _plan(self, request: Request) -> Json:
        self._sandbox.plan(_decoded(request))
        return self._plans(request)

    def _script(self, request: Request) -> Json:
        body = _body("scenarios", request)
        self._sandbox.script(body["operation"], body["responses"])
        return self._plans(request)

    def _forget_plans(self, request: Request) -> Json:
        with self._sandbox.lock:
            self._sandbox.faults.clear()
        return self._plans(request)

    def _restore(self, request: Request) -> Json:
        self._sandbox.restore(_decoded(request))
        return {"restored": True}

    def _move(self, request: Request) -> Json:
        body = _body("move", request)
        self._sandbox.move(body["name"], body["state"])
        return {"moved": body["name"], "state": body["state"]}

    def _defects(self, _: Request) -> Json:
        on = self._sandbox.defects
        return [
            {**defect.to_dict(), "on": defect.id in on} for defect in self._sandbox.known_defects.values()
        ]

    def _switch(self, request: Request) -> Json:
        self._sandbox.switch(_body("defects", request)["on"])
        return {"on": list(self._sandbox.defects)}

    def _log(self, request: Request) -> Json:
        form = dict(parse_qsl(request.query)).get("format", "json")
        if form not in ("json", "har"):
            raise ControlError("`format` is `json` or `har`")
        with self._sandbox.lock:
            log = self._sandbox.log.copy()
        # scrubbing takes long, and other callers are answered meanwhile
        return log.har(self._sandbox.base) if form == "har" else log.to_json()

    def _forget_log(self, _: Request) -> Json:
        with self._sandbox.lock:
            self._sandbox.log.clear()
        return []


def _decoded(request: Request) -> Json:
    try:
        return decode(request.body)
    except ParseError as error:
        raise ControlError(f"the body: {error}") from None


def _body(name: str, request: Request) -> Json:
    """Return the decoded body of a call, which has the shape of that name."""
    body = _decoded(request)
    try:
        shapes.require(name, body)
    except UsageError as error:
        raise ControlError(str(error)) from None
    return body
