"""Record with vcrpy: nothing secret reaches the disk, and nothing that breaks the contract.

`vcr` returns a configured `vcr.VCR`; `configure` sets up one that exists already, as the hook of
pytest-recording gives it. Scrubbing happens when a cassette is written, so a running test sees the
real responses; matching compares scrubbed requests, so a replay with another token finds its response.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from sellerspec.cassettes.record.serializer import Keep, NotRecorded, Recording
from sellerspec.errors import MissingExtra
from sellerspec.model import Facts

if TYPE_CHECKING:
    from vcr import VCR

__all__ = ["Keep", "NotRecorded", "configure", "vcr"]

MATCH_ON = ("method", "sellerspec_url", "sellerspec_body")


def vcr(
    marketplace: str,
    *,
    source: Literal["live", "sandbox", "documentation"] | None = None,
    keep: Iterable[Keep] = (),
    facts: Facts | None = None,
    operation: str = "",
    secret_members: Iterable[str] = (),
    key: str | None = None,
    refused: Literal["raise", "warn"] = "raise",
    **settings: Any,
) -> "VCR":
    """Return a `vcr.VCR` that scrubs and checks what it writes.

    Args:
        marketplace: whose contract and secret names count.
        source: where the exchanges come from; by default `sandbox` for this machine, else `live`.
        keep: what is written though it should not be: `violations` (request or response break the
            contract), `5xx`. A call that no operation has is written; the check warns about it.
        facts: for the check, as in `sellerspec.check_exchange`.
        operation: key of the webhook that the calls are, as no URL can tell it: those which no
            other operation has are noted and checked as calls of this one.
        secret_members: further secret names.
        key: of the placeholders, see `sellerspec.scrubbing`.
        refused: whether an exchange that is not written raises `NotRecorded` when the cassette
            is left, or only warns.
        settings: go to `vcr.VCR` as they are.

    Raises:
        MissingExtra: vcrpy is not installed.
        UnknownName: there is no such marketplace or operation.
    """
    try:
        from sellerspec.cassettes.record import cassettes
    except ImportError as error:
        raise MissingExtra("record", error.name or "vcr") from None
    recording = Recording(
        marketplace,
        source=source,
        keep=frozenset(keep),
        facts=facts,
        operation=operation,
        secret_members=tuple(secret_members),
        key=key,
        warn=refused == "warn",
    )
    return cassettes.recorder(recording, {"match_on": MATCH_ON, **settings})


def configure(recorder: "VCR", marketplace: str, **settings: Any) -> None:
    """Set up an existing `vcr.VCR`, as `pytest_recording_configure` gets it.

    Its YAML and JSON serializers scrub and check from now on, and its requests are compared
    scrubbed. Exchanges that are not written only warn: a foreign object cannot raise in time.

    Args:
        recorder: the object.
        marketplace: as for `vcr`.
        settings: as for `vcr`, but for those of `vcr.VCR` itself.

    Raises:
        MissingExtra: vcrpy is not installed.
        UnknownName: there is no such marketplace.
    """
    try:
        from sellerspec.cassettes.record import cassettes
    except ImportError as error:
        raise MissingExtra("record", error.name or "vcr") from None
    given = dict(settings)
    given["keep"] = frozenset(given.get("keep", ()))
    recording = Recording(marketplace, warn=True, **given)
    cassettes.equip(recorder, recording)
    recorder.match_on = MATCH_ON
