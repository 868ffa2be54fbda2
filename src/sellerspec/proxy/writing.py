"""Write the log and the cassettes of a proxy, scrubbed, in a thread of its own."""

import queue
import threading
from pathlib import Path

import orjson

from sellerspec.cassettes import files
from sellerspec.cassettes.files import Origin, Recorded
from sellerspec.cassettes.record.recording import Recording
from sellerspec.cassettes.record.recording import now as recorded_at
from sellerspec.errors import SellerspecError
from sellerspec.io.files import reason, shown
from sellerspec.io.writing import NotWritten, make_folder
from sellerspec.model import Json
from sellerspec.proxy.records import NOT_SENT, Passed
from sellerspec.proxy.settings import Settings
from sellerspec.proxy.shown import Shown
from sellerspec.reporting import unforeseen
from sellerspec.reporting.hide import discreet

WAITING = 1000
"""Exchanges that may wait to be written; the next one waits with its caller, and none is lost."""


class Writer:
    """Writes one line, and one cassette, for each exchange."""

    def __init__(self, settings: Settings) -> None:
        """Open the log and make the folder; a log that exists is continued, and no cassette is replaced.

        Raises:
            NotWritten: one of them cannot be written.
        """
        self.problems: list[str] = []
        """Why something was not written."""

        self._log = _Log(settings.log, Shown(settings)) if settings.log is not None else None
        self._cassettes = _Cassettes(settings.record, settings) if settings.record is not None else None
        self._queue: queue.Queue[Passed | None] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._run, name="sellerspec-proxy-writer", daemon=True)
        if self._log or self._cassettes:
            self._thread.start()

    def add(self, passed: Passed) -> None:
        """Write an exchange, soon."""
        if self._thread.is_alive():
            self._queue.put(passed)

    def close(self) -> None:
        """Write what is left, and end."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        if self._log is not None:
            self._log.close()

    def _run(self) -> None:
        while (passed := self._queue.get()) is not None:
            for part in (self._log, self._cassettes):
                if part is not None:
                    try:
                        part.write(passed)
                    except SellerspecError as error:
                        self.problems.append(f"{passed.name}: {error}")
                    except Exception as error:  # our fault: if this thread ended, all callers would wait
                        self.problems.append(f"{passed.name}: {unforeseen.failed('writer', error)}")


class _Log:
    """A line of JSON for each exchange."""

    def __init__(self, path: Path, shown_urls: Shown) -> None:
        self._path, self._shown = path, shown_urls
        make_folder(path.parent)
        try:
            # without a buffer, which would fail once more when the file is closed
            self._file = self._path.open("ab", buffering=0)
        except OSError as error:
            raise NotWritten(shown(str(self._path)), reason(error), "nothing was written") from error

    def write(self, passed: Passed) -> None:
        url = self._shown.url(passed.exchange, passed.operation)
        rest = orjson.dumps(line(passed, url)) + b"\n"
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise NotWritten(shown(str(self._path)), reason(error), "the line is lost") from error

    def close(self) -> None:
        self._file.close()


def line(passed: Passed, url: str) -> dict[str, Json]:
    """Return the line of the log for an exchange; `url` is its URL, scrubbed."""
    report = passed.report
    return {
        "number": passed.number,
        "at": passed.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "seconds": round(passed.seconds, 6),
        "method": passed.exchange.method,
        "url": url,
        "operation": passed.operation or None,
        "outcome": passed.outcome.value,
        "status": passed.exchange.status,
        "problem": passed.problem or None,
        "report": discreet(report).to_dict() if report is not None and report.findings else None,
    }


class _Cassettes:
    """A cassette for each exchange that passed."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        make_folder(folder)
        self._recording = Recording(
            settings.marketplace, keep=frozenset(("violations", "5xx")), facts=settings.facts
        )
        numbers = [
            name for path in folder.glob("*-*.yaml") if (name := path.name.partition("-")[0]).isdigit()
        ]
        self._before = max(map(int, numbers), default=0)

    def write(self, passed: Passed) -> None:
        exchange = passed.exchange
        if passed.outcome in NOT_SENT or exchange.status is None or passed.problem:
            return
        origin = Origin(at=recorded_at())
        kept = self._recording.kept([Recorded(exchange, origin, reason=passed.reason)])
        name = f"{self._before + passed.number:06}-{passed.operation.partition('/')[2] or 'unknown'}.yaml"
        files.write(self._folder / name, kept)
