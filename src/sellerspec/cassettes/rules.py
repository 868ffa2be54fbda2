"""The requirements of a cassette itself, beside those of the calls in it."""

from sellerspec.marketplaces.common import Common
from sellerspec.model import Severity

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

READABLE = Common(
    "sellerspec.cassette-readable",
    "a cassette is a whole file in vcrpy's form, of plain values only",
    "",
    _ERROR,
)
OPERATION = Common(
    "sellerspec.cassette-operation", "a recorded call is an operation of a spec", "/request/url", _WARNING
)
SECRET = Common("sellerspec.cassette-secret", "a cassette holds no secret and no personal data", "", _ERROR)
HEADER = Common("sellerspec.cassette-header", "a cassette holds only headers of the allow-list", "", _ERROR)
UNREADABLE = Common(
    "sellerspec.cassette-body",
    "a recorded body is JSON, a form or a short text, so that it can be looked through",
    "",
    _WARNING,
)
MISSED = Common(
    "sellerspec.cassette-missed",
    "what the marketplace refused, pre-flight refuses too",
    "/response/status",
    _ERROR,
)
MISSED_UNSURE = Common(MISSED.id, MISSED.requirement, "/response/status", _WARNING)
ACCEPTED = Common(
    "sellerspec.cassette-accepted",
    "what pre-flight refuses, the marketplace did not accept",
    "/response/status",
    _WARNING,
)
VERDICT = Common(
    "sellerspec.cassette-verdict", "pre-flight still finds what it found when the refusal was recorded",
    "/response/status", _ERROR,
)  # fmt: skip
TYPE = Common(
    "sellerspec.cassette-type",
    "a member that no contract types has the type it had when it was recorded",
    "",
    _ERROR,
)
EXPIRED = Common(
    "sellerspec.cassette-expired", "the oldest exchange of a cassette is young enough", "", _ERROR
)
AGELESS = Common("sellerspec.cassette-age", "an exchange tells when it was recorded", "", _WARNING)
DUPLICATE = Common("sellerspec.cassette-duplicate", "an exchange is recorded once", "", _WARNING)
ORPHAN = Common("sellerspec.cassette-orphan", "a cassette is used by a test", "", _WARNING)

RULES = (
    READABLE, OPERATION, SECRET, HEADER, UNREADABLE, MISSED, ACCEPTED, VERDICT, TYPE, EXPIRED, AGELESS,
    DUPLICATE, ORPHAN,
)  # fmt: skip
