"""A proxy on a real socket, in a thread of the test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sellerspec.contract.project import Project
from sellerspec.contract.settings import Settings as ProjectSettings
from sellerspec.proxy.application import Application
from sellerspec.proxy.checker import Checker
from sellerspec.proxy.records import Result
from sellerspec.proxy.settings import Settings
from sellerspec.sandbox.running import address, listening, server_of


@dataclass
class Proxied:
    """A proxy that runs; `result` is complete when the block has ended."""

    url: str
    application: Application
    notices: list[str] = field(default_factory=list)

    @property
    def result(self) -> Result:
        return self.application.result


@contextmanager
def proxied(upstream: str, marketplace: str = "tiki", **settings: Any) -> Iterator[Proxied]:
    """Run a proxy while the block runs."""
    chosen = Settings(marketplace=marketplace, upstream=upstream, **settings)
    notices: list[str] = []

    def project() -> Project:
        return Project(ProjectSettings(overlays=chosen.overlays))

    application = Application(Checker(chosen, project, notices.append))
    transport = listening("127.0.0.1", 0)
    application.listens_on("127.0.0.1")
    server = server_of(application, lifespan="on", date_header=False, timeout_graceful_shutdown=1)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [transport]}, daemon=True)
    thread.start()
    try:
        yield Proxied(address(transport), application, notices)
    finally:
        server.should_exit = True
        thread.join(20)
        transport.close()
        application.close()
