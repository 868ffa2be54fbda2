"""Record with vcrpy: no secret reaches the disk, and no call that violates the contract.

`vcr` returns a configured `vcr.VCR`; `configure` sets up an existing one, as the hook of
pytest-recording passes it. A cassette is scrubbed when it is written, so a running test sees the
real responses. Requests are scrubbed before they are compared, so a replay with another token
finds its response.
"""

from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from sellerspec.cassettes.record.recording import Keep, NotRecorded, Recording
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
        marketplace: whose contract and secret members count.
        source: where the exchanges come from; by default `sandbox` for this machine, else `live`.
        keep: exchanges to write although they are wrong: `violations` (the request or response violates
            the contract), `5xx`. A call of no known operation is written; the check warns about it.
        facts: for the check, as in `sellerspec.check_exchange`.
        operation: key of a webhook. No URL determines a webhook, so a call that matches no
            operation is recorded and checked as a call of this one.
        secret_members: further secret members.
        key: of the placeholders, see `sellerspec.scrubbing`.
        refused: whether exchanges that were not written raise `NotRecorded` when the cassette is
            left, or only warn.
        settings: of `vcr.VCR`, passed as they are.

    Raises:
        MissingExtra: vcrpy is not installed.
        UnknownName: there is no such marketplace or operation.
    """
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
    recorder: VCR = _vcrpy().recorder(recording, {"match_on": MATCH_ON, **settings})
    return recorder


def configure(recorder: "VCR", marketplace: str, **settings: Any) -> None:
    """Set up an existing `vcr.VCR`, as `pytest_recording_configure` passes it.

    Its YAML and JSON serializers scrub and check from now on, and its requests are compared
    scrubbed. An exchange that is not written only causes a warning: the recorder of another
    library cannot raise `NotRecorded`.

    Args:
        recorder: the object.
        marketplace: as for `vcr`.
        settings: the arguments of `vcr`, except `refused` and the settings of `vcr.VCR`.

    Raises:
        MissingExtra: vcrpy is not installed.
        UnknownName: there is no such marketplace.
    """
    settings["keep"] = frozenset(settings.get("keep", ()))
    _vcrpy().equip(recorder, Recording(marketplace, warn=True, **settings))
    recorder.match_on = MATCH_ON


def _vcrpy() -> ModuleType:
    try:
        from sellerspec.cassettes.record import vcrpy
    except ImportError as error:
        raise MissingExtra("record", error.name or "vcr") from None
    return vcrpy
