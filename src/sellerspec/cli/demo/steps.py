"""The steps of the demo: each does one real thing and yields lines that say what came of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sellerspec import reporting
from sellerspec.contract import check
from sellerspec.errors import MissingExtra
from sellerspec.io import resources
from sellerspec.model import ContractViolation
from sellerspec.reporting import Checked, Table
from sellerspec.reporting.coverage import KINDS, Coverage, summary

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
    """What the steps hand on to each other."""

    output: Path
    fuzz_time: float
    surprises: list[str] = field(default_factory=list)
    """What the present step showed that it should not have."""

    checked: list[Checked] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)
    fuzzed: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def cassette(self) -> Path:
        """Where the calls are recorded."""
        return self.output / "cassettes/tiki/createProduct/demo.yaml"

    def expect(self, true: bool, surprise: str) -> None:
        """Note a surprise unless something is true."""
        if not true:
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
        said = (
            "accepted" if report.ok else f"refused, {reporting.records.plural(len(report.errors), 'error')}"
        )
        warned = f", {reporting.records.plural(len(report.warnings), 'warning')}" if report.warnings else ""
        yield f"{path}: {said}{warned}"
        demo.expect(report.ok == (name != BAD), f"{name} was {said}")
        for error in report.errors:
            yield f"  {error.pointer} {error.rule}: {error.message}"
            yield f"    Tiki answers: {error.server_text}"


@contextmanager
def tiki(demo: Demo) -> Iterator[tuple["Box", "httpx.Client"]]:
    """Run Tiki's sandbox, with a guarded client that knows a token of it."""
    from sellerspec import guard, sandbox

    try:
        import httpx
    except ImportError:
        raise MissingExtra("sandbox", "httpx") from None
    # the environment may name a proxy, which cannot know this machine's sandbox
    with (
        sandbox.run("tiki", token=TOKEN) as box,
        httpx.Client(base_url=box.url, headers={"tiki-api": TOKEN}, trust_env=False) as client,
    ):
        yield box, guard.httpx(client, "tiki", coverage=demo.coverage)


def submitted(demo: Demo) -> Iterator[str]:
    """Submit the good product, hold back the bad one; both through one guarded client."""
    import json

    from sellerspec import cassettes

    demo.cassette.unlink(missing_ok=True)
    recorder = cassettes.vcr("tiki", record_mode="all")
    with tiki(demo) as (box, client), recorder.use_cassette(str(demo.cassette)):
        made = client.post("/v1/products", json=json.loads(example(GOOD[1])[1])).json()
        yield f"documented-configurable sent: {made['state']}, trace_id {made['trace_id']}"
        states = []
        for _ in range(8):
            found = client.get(f"/v1/tracking/{made['trace_id']}").json()
            states.append(found["state"])
            if found["state"] in ("approved", "rejected"):
                break
            box.advance(60)
        yield f"tracked, a minute of the sandbox's clock apart: {' > '.join(states)}"
        demo.expect(states[-1] == "approved", f"it ended {states[-1]}")
        calls = len(box.log())
        try:
            client.post("/v1/products", json=json.loads(example(BAD)[1]))
        except ContractViolation as refused:
            rules = ", ".join(error.rule for error in refused.report.errors)
            yield f"documented-invalid held back before it left: {rules}"
        else:
            demo.expect(False, "the bad product was sent")
        yield f"the sandbox has seen {calls} calls before and {len(box.log())} after"
        demo.expect(len(box.log()) == calls, "the sandbox has seen the bad product")


def recorded(demo: Demo) -> Iterator[str]:
    """Check the cassette that the calls left."""
    from sellerspec.cassettes import check_cassettes

    found = check_cassettes([demo.cassette])
    wrong = sum(len(report.errors) for _, report in found)
    yield f"{demo.cassette}: {len(found)} exchanges, {wrong} errors"
    demo.expect(bool(found) and not wrong, f"{wrong} errors in {len(found)} exchanges")
    kept = TOKEN in demo.cassette.read_text(encoding="utf-8")
    yield f"the token of the calls is {'IN the cassette' if kept else 'not in the cassette'}"
    demo.expect(not kept, "a secret was recorded")
    demo.checked.extend(Checked(place, report) for place, report in found)


def noticed(demo: Demo) -> Iterator[str]:
    """Receive a webhook from Tokopedia's sandbox, and check the call."""
    from sellerspec import sandbox
    from sellerspec.cli.demo.receiver import receiving

    with receiving() as receiver, sandbox.run("tokopedia") as box:
        box.seed({"webhooks": [{"url": receiver.url}]})
        box.seed({"orders": [{"fulfill_by": 1}]})
        for delivery in box.deliveries():
            statuses = ", ".join(str(one.get("status")) for one in delivery["attempts"])
            yield f"{delivery['operation']} for order {delivery['body']['order_id']}: answered {statuses}"
        demo.expect(bool(receiver.taken), "no notice came")
        for taken in receiver.taken:
            report = check.check_exchange(taken, operation="tokopedia/tokocabangOrderNotification")
            yield f"the call keeps the contract: {'yes' if report.ok else 'no'}"
            demo.expect(report.ok, str(report))
            demo.checked.append(Checked("the webhook's call", report))


def fuzzed(demo: Demo) -> Iterator[str]:
    """Fuzz the honest sandbox, then one that takes a price of 0."""
    from sellerspec import fuzz, sandbox

    for defects in ((), (DEFECT,)):
        application = sandbox.app("tiki", defects=defects)
        try:
            result = fuzz.run("tiki", app=application, max_time=demo.fuzz_time / 2)
        finally:
            application.sandbox.close()
        server = f"the sandbox with the defect {DEFECT}" if defects else "the sandbox as it is"
        spent = f"{result.requests} requests in {result.seconds:.0f} s"
        violated = f"{len(result.coverage.violated)} rules violated on purpose"
        yield f"{server}: {spent}, {violated}, {reporting.records.plural(len(result.findings), 'finding')}"
        for finding in result.findings:
            yield f"  {finding}"
            demo.fuzzed.append((server, str(finding)))
        demo.expect(bool(result.findings) == bool(defects), f"{len(result.findings)} findings")


def reported(demo: Demo) -> Iterator[str]:
    """Write the HTML page."""
    totals = summary(demo.coverage, ["tiki"])
    rows = [(total.name, str(total.calls), *(str(total.shares[kind]) for kind in KINDS)) for total in totals]
    tables = (
        Table("Contract coverage of the guarded client", ("marketplace", "calls", *KINDS), rows),
        Table("Fuzzing", ("server", "finding"), demo.fuzzed, "A seeded defect, found."),
    )
    path = demo.output / "report.html"
    path.write_text(reporting.render("html", demo.checked, tables=tables), encoding="utf-8")
    yield f"{path}: {reporting.count(demo.checked)}"
    yield "one file, works without network: open it in a browser"


STEPS: tuple[tuple[str, Callable[[Demo], Iterator[str]]], ...] = (
    ("Documented products, checked before anything is sent", products),
    ("A guarded client on Tiki's sandbox: the good product goes, the bad one stays", submitted),
    ("The recorded cassette, checked", recorded),
    ("A webhook from Tokopedia's sandbox, received and checked", noticed),
    ("Fuzzing past the business rules", fuzzed),
    ("The report", reported),
)
"""Title and function of each step, in order."""
