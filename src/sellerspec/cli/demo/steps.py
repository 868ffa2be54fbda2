"""The steps of the demo. Each runs something for real and yields lines that describe the result."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sellerspec import reporting
from sellerspec.contract import check
from sellerspec.errors import ContractViolation, MissingExtra
from sellerspec.io import resources
from sellerspec.io.writing import write
from sellerspec.reporting import Checked, Table
from sellerspec.reporting.coverage import Coverage, report_table, summary
from sellerspec.reporting.records import plural

if TYPE_CHECKING:
    import httpx

    from sellerspec.sandbox.running import Box

GOOD = ("documented-simple", "documented-configurable", "documented-entity")
BAD = "documented-invalid"
OPERATION = "tiki/createProduct"
TOKEN = "FAKE-TOKEN-OF-THE-DEMO"  # noqa: S105 (the demo shows that it is not recorded)
DEFECT = "price-zero-accepted"


@dataclass
class Demo:
    """State that the steps share."""

    output: Path
    fuzz_time: float
    surprises: list[str] = field(default_factory=list)
    """Unexpected results of the current step."""

    checked: list[Checked] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)
    fuzzed: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def cassette(self) -> Path:
        """Path of the recorded cassette."""
        return self.output / "cassettes/tiki/createProduct/demo.yaml"

    def expect(self, expected: bool, surprise: str) -> None:
        """Add a surprise unless the result is as expected."""
        if not expected:
            self.surprises.append(surprise)


def example(name: str) -> tuple[str, bytes]:
    """Return the path of a documented product, as in the repository, and its bytes."""
    kind = "invalid" if name == BAD else "valid"
    path = f"{OPERATION}/{kind}/{name}.json"
    return f"tests/examples/{path}", (resources.data_dir("tests/examples") / path).read_bytes()


def products(demo: Demo) -> Iterator[str]:
    """Check the documented products."""
    for name in (*GOOD, BAD):
        path, data = example(name)
        report = check.check(OPERATION, data)
        text = data.decode()
        demo.checked.append(Checked(path, reporting.located(report, text), text))
        verdict = "accepted" if report.ok else f"refused, {plural(len(report.errors), 'error')}"
        warnings = f", {plural(len(report.warnings), 'warning')}" if report.warnings else ""
        yield f"{path}: {verdict}{warnings}"
        demo.expect(report.ok == (name != BAD), f"{name} was {verdict}")
        for error in report.errors:
            yield f"  {error.pointer} {error.rule}: {error.message}"
            yield f"    Tiki responds: {error.server_text}"


@contextmanager
def tiki(demo: Demo) -> Iterator[tuple["Box", "httpx.Client"]]:
    """Run Tiki's sandbox, with a guarded client that has a token for it."""
    from sellerspec import guard, sandbox

    try:
        import httpx
    except ImportError:
        raise MissingExtra("sandbox", "httpx") from None
    # the environment may name a proxy, which cannot reach the sandbox on this machine
    with (
        sandbox.run("tiki", token=TOKEN) as box,
        httpx.Client(base_url=box.url, headers={"tiki-api": TOKEN}, trust_env=False) as client,
    ):
        yield box, guard.httpx(client, "tiki", coverage=demo.coverage)


def submitted(demo: Demo) -> Iterator[str]:
    """Submit a valid product, then try an invalid one; both through one guarded client."""
    import json

    from sellerspec import cassettes

    demo.cassette.unlink(missing_ok=True)
    recorder = cassettes.vcr("tiki", record_mode="all")
    with tiki(demo) as (box, client), recorder.use_cassette(str(demo.cassette)):
        made = client.post("/v1/products", json=json.loads(example(GOOD[1])[1])).json()
        yield f"documented-configurable sent: {made['state']}, trace_id {made['trace_id']}"
        states = []
        for _ in range(8):
            states.append(client.get(f"/v1/tracking/{made['trace_id']}").json()["state"])
            if states[-1] in ("approved", "rejected"):
                break
            box.advance(60)
        yield f"tracked, once a minute of the sandbox's clock: {' > '.join(states)}"
        demo.expect(states[-1] == "approved", f"it ended {states[-1]}")
        calls = len(box.log())
        try:
            client.post("/v1/products", json=json.loads(example(BAD)[1]))
        except ContractViolation as refused:
            rules = ", ".join(error.rule for error in refused.report.errors)
            yield f"documented-invalid was not sent: {rules}"
        else:
            demo.expect(False, "the bad product was sent")
        yield f"the sandbox got {calls} calls before and {len(box.log())} after"
        demo.expect(len(box.log()) == calls, "the sandbox got the bad product")


def recorded(demo: Demo) -> Iterator[str]:
    """Check the recorded cassette."""
    from sellerspec.cassettes import check_cassettes

    reports = check_cassettes([demo.cassette])
    counts = f"{len(reports)} exchanges, {sum(len(report.errors) for _, report in reports)} errors"
    yield f"{demo.cassette}: {counts}"
    demo.expect(bool(reports) and all(report.ok for _, report in reports), counts)
    kept = TOKEN in demo.cassette.read_text(encoding="utf-8")
    yield f"the token of the calls is {'IN the cassette' if kept else 'not in the cassette'}"
    demo.expect(not kept, "a secret was recorded")
    demo.checked.extend(Checked(place, report) for place, report in reports)


def noticed(demo: Demo) -> Iterator[str]:
    """Receive a webhook from Tokopedia's sandbox, and check the call."""
    from sellerspec import sandbox
    from sellerspec.fuzz.listener import Listener

    with Listener(response=b'{"success": true}') as receiver, sandbox.run("tokopedia") as box:
        box.seed({"webhooks": [{"url": receiver.url}]})
        box.seed({"orders": [{"fulfill_by": 1}]})
        for delivery in box.deliveries():
            statuses = ", ".join(str(one.get("status")) for one in delivery["attempts"])
            notice = f"{delivery['operation']} for order {delivery['body']['order_id']}"
            yield f"{notice}: the receiver responded {statuses}"
        demo.expect(bool(receiver.exchanges), "no notice arrived")
        for exchange in receiver.exchanges:
            report = check.check_exchange(exchange, operation="tokopedia/tokocabangOrderNotification")
            yield f"the exchange satisfies the contract: {'yes' if report.ok else 'no'}"
            demo.expect(report.ok, str(report))
            demo.checked.append(Checked("the webhook", report))


def fuzzed(demo: Demo) -> Iterator[str]:
    """Fuzz the sandbox, then one with a defect: it accepts a price of 0."""
    from sellerspec import fuzz, sandbox

    for defects in ((), (DEFECT,)):
        application = sandbox.app("tiki", defects=defects)
        try:
            enough = 1 if defects else None
            result = fuzz.run("tiki", app=application, max_time=demo.fuzz_time / 2, max_findings=enough)
        finally:
            application.sandbox.close()
        server = f"the sandbox with the defect {DEFECT}" if defects else "the sandbox without defects"
        spent = f"{result.requests} requests in {result.seconds:.0f} s"
        violated = f"{len(result.coverage.violated)} rules violated on purpose"
        yield f"{server}: {spent}, {violated}, {plural(len(result.findings), 'finding')}"
        for finding in result.findings:
            yield f"  {finding}"
            demo.fuzzed.append((server, str(finding)))
        demo.expect(bool(result.findings) == bool(defects), f"{len(result.findings)} findings")


def reported(demo: Demo) -> Iterator[str]:
    """Write the HTML page."""
    totals = summary(demo.coverage, ["tiki"])
    tables = (
        report_table(totals, title="Contract coverage of the guarded client"),
        Table("Fuzzing", ("server", "finding"), demo.fuzzed, "A seeded defect, found."),
    )
    path = demo.output / "report.html"
    write(path, reporting.render("html", demo.checked, tables=tables))
    yield f"{path}: {reporting.count(demo.checked)}"
    yield "one file, works without network: open it in a browser"


STEPS: tuple[tuple[str, Callable[[Demo], Iterator[str]]], ...] = (
    ("Documented products, checked before anything is sent", products),
    ("A guarded client on Tiki's sandbox: it sends the valid product, not the invalid one", submitted),
    ("The recorded cassette, checked", recorded),
    ("A webhook from Tokopedia's sandbox, received and checked", noticed),
    ("Fuzzing with the business rules", fuzzed),
    ("The report", reported),
)
"""Title and function of each step, in order."""
