"""A worker: collects the tests once, and runs those that it is asked to, again and again, in process."""

import os
import re
import threading
from collections.abc import Callable, Generator
from multiprocessing.connection import Connection

import pytest
from _pytest.runner import runtestprotocol  # as plugins that repeat tests do: there is no public name

from pytest_sellerspec import state_of
from pytest_sellerspec.mutate.failing import failure, hanging
from pytest_sellerspec.mutate.messages import Channel, Order, Tested
from pytest_sellerspec.mutate.watched import Watched
from sellerspec.model import Json
from sellerspec.mutate.running import observed
from sellerspec.mutate.running.suite import Failure

_CAPTURED = re.compile("Captured (log|stdout|stderr) ")
"""Titles of sections that pytest fills, such as `Captured log call`."""

SANDBOX = "sellerspec_sandbox"
"""The fixtures of sandboxes have names that begin so; `request` may ask for one."""


class Worker:
    """Takes over the loop of a session."""

    def __init__(
        self, config: pytest.Config, channel: Channel, *, leave: Callable[[int], object] = os._exit
    ) -> None:
        """Make the plugin of a worker.

        Args:
            config: of the run.
            channel: gives the orders.
            leave: ends the process at once: what plugins write at the end of a session is the run's own.
        """
        self._config = config
        self._channel = channel
        self._leave = leave
        self._failures: list[Failure] = []
        self._texts: dict[str, str] = {}
        """`log` and `output` -> what the test has written there."""

        self._shown: list[str] = []
        """Tracebacks of the test, then what it has printed."""

        self._watched = Watched(state_of(config))
        self._main = threading.get_ident()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run what is ordered until the other end closes; then end session fixtures and the process."""
        self._config.pluginmanager.unregister(name="pdbinvoke")  # nobody is there to type
        self._channel.send({"collected": [_described(item) for item in session.items]})
        items = {item.nodeid: item for item in session.items}
        while (message := self._received()) is not None:
            self._run(session, items, message)
        session._setupstate.teardown_exact(None)
        state_of(self._config).close()
        self._leave(0)
        return True

    def _received(self) -> Json:
        try:
            return self._channel.receive()
        except EOFError:
            return None

    def _run(self, session: pytest.Session, items: dict[str, pytest.Item], order: Order) -> None:
        self._watched.mutate(order.mutations)
        tests = [items[test] for test in order.limits if test in items]
        # with the session as the next one, pytest ends all fixtures that are narrower than a session
        following: list[pytest.Item | pytest.Session] = [*tests[1:], session]
        for item, after in zip(tests, following, strict=False):
            tested = self._test(item, after, order)
            self._channel.send({"tested": tested})
            if tested.failures and order.until_red:
                # the next test does not run, so fixtures that wait for it end now; pytest reads only the
                # parents of what it is given, although it asks for an item
                session._setupstate.teardown_exact(session)  # type: ignore[arg-type]
                break
        self._channel.send({"ended": sorted(self._watched.applied)})

    def _test(self, item: pytest.Item, after: pytest.Item | pytest.Session, order: Order) -> Tested:
        self._failures.clear()
        self._texts.clear()
        self._shown.clear()
        item._report_sections.clear()  # pytest adds to those of an earlier run of the test
        self._watched.forget()
        self._channel.send({"starts": item.nodeid})
        item.session.shouldfail = item.session.shouldstop = False
        watch = threading.Timer(order.limits[item.nodeid], self._hangs, [item])
        watch.daemon = True
        watch.start()
        try:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        except (pytest.exit.Exception, KeyboardInterrupt) as error:
            self._failures.append(failure(item, pytest.ExceptionInfo.from_exception(error)))
        finally:
            watch.cancel()
        return self._tested(item.nodeid, order)

    def _tested(self, test: str, order: Order) -> Tested:
        writes = observed.writes(self._watched.entries())
        seen = observed.leaked(test, self._texts, self._watched.tokens)
        shown = "\n".join(self._shown) if order.shows else ""
        if order.records:
            usual: Json = {"writes": writes, "observed": [failure.line for failure in seen]}
            return Tested(test, tuple(self._failures[:1]), seen, self._watched.calls(), usual, shown)
        usual = order.usual.get(test) or {"writes": writes, "observed": []}
        seen += observed.repeated(test, writes, usual["writes"])
        new = tuple(failure for failure in seen if failure.line not in usual["observed"])
        return Tested(test, tuple(self._failures[:1]), new, shown=shown)

    def _hangs(self, item: pytest.Item) -> None:
        """Say where the test is, and end the process: nothing else ends a thread that waits."""
        at = hanging(self._main, self._config)
        line = "the test did not end in time"
        hang = {"test": item.nodeid, "how": "hang", "line": line, "at": at}
        self._channel.send({"hangs": hang, "applied": sorted(self._watched.applied)})
        self._leave(1)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run a test once, whatever plugins would repeat it; report it to nobody."""
        runtestprotocol(item, log=False, nextitem=nextitem)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self) -> None:
        """Keep the state of the sandboxes that fixtures have seeded."""
        self._watched.remember()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note how a test failed, and what it has written."""
        report = yield
        if report.failed:
            self._shown.append(report.longreprtext)
        for title, text in report.sections if report.when == "teardown" else ():
            self._shown.append(f"{title}:\n{text}")
            if (captured := _CAPTURED.match(title)) is not None:
                name = "log" if captured[1] == "log" else "output"
                self._texts[name] = self._texts.get(name, "") + text
        if report.failed and call.excinfo is not None:
            self._failures.append(failure(item, call.excinfo))
        return report


def _described(item: pytest.Item) -> Json:
    file, number, _ = item.location
    names = getattr(item, "fixturenames", ())
    uses = any(name.startswith(SANDBOX) or name == "request" for name in names)
    return {"test": item.nodeid, "place": [file, number or 0], "uses_sandbox": uses}


def channel_of(number: int) -> Channel:
    """Return the channel of an open file of this process."""
    return Channel(Connection(number))
