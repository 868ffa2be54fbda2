"""The requirements of a cassette itself, beside those of the calls in it."""

from sellerspec.marketplaces.common import Common
from sellerspec.model import Severity

READABLE = Common(
    "sellerspec.cassette-readable",
    "a cassette is a whole file in vcrpy's form, of plain values only",
    Severity.ERROR,
)
OPERATION = Common(
    "sellerspec.cassette-operation",
    "a recorded call is an operation of a spec, or of a host that the project ignores",
    Severity.ERROR,
    pointer="/request/url",
)
URL = Common(
    "sellerspec.cassette-url",
    "the URL of a recorded call can be read",
    Severity.ERROR,
    pointer="/request/url",
)
SECRET = Common(
    "sellerspec.cassette-secret",
    "a cassette holds no secret and no personal data",
    Severity.ERROR,
    hint="`sellerspec cassettes scrub` cleans the file; the setting `keep` names members that are harmless",
)
HEADER = Common(
    "sellerspec.cassette-header",
    "a cassette holds only headers of the allow-list",
    Severity.ERROR,
    hint="`sellerspec cassettes scrub` removes it",
)
UNREADABLE = Common(
    "sellerspec.cassette-body",
    "a recorded body is JSON, a form or a short text, so that it can be looked through",
    Severity.ERROR,
)
MISSED = Common(
    "sellerspec.cassette-missed",
    "what the marketplace refused, pre-flight refuses too",
    Severity.ERROR,
    pointer="/response/status",
)
MISSED_UNSURE = Common(MISSED.id, MISSED.requirement, Severity.WARNING, pointer="/response/status")
ACCEPTED = Common(
    "sellerspec.cassette-accepted",
    "what pre-flight refuses, the marketplace did not accept",
    Severity.WARNING,
    pointer="/response/status",
)
VERDICT = Common(
    "sellerspec.cassette-verdict",
    "pre-flight still finds what it found when the refusal was recorded",
    Severity.ERROR,
    pointer="/response/status",
)
TYPE = Common(
    "sellerspec.cassette-type",
    "a member that no contract types has the type it had when it was recorded",
    Severity.ERROR,
)
EXPIRED = Common(
    "sellerspec.cassette-expired", "the oldest exchange of a cassette is young enough", Severity.ERROR
)
AGELESS = Common("sellerspec.cassette-age", "an exchange tells when it was recorded", Severity.WARNING)
DUPLICATE = Common("sellerspec.cassette-duplicate", "an exchange is recorded once", Severity.WARNING)
ORPHAN = Common("sellerspec.cassette-orphan", "a cassette is used by a test", Severity.WARNING)

RULES = (
    READABLE, OPERATION, URL, SECRET, HEADER, UNREADABLE, MISSED, ACCEPTED, VERDICT, TYPE, EXPIRED, AGELESS,
    DUPLICATE, ORPHAN,
)  # fmt: skip

NOT_JUDGED = frozenset((READABLE.id, OPERATION.id, UNREADABLE.id))
"""Rules whose findings say that something could not be judged."""

NO_CALL = frozenset((READABLE.id, OPERATION.id, URL.id, ORPHAN.id))
"""Rules whose findings say why a report is about no operation; without them its URL is ignored."""
