"""Fuzzing finds what is wrong with tokens and the rate limit of Tiki's Open API."""

from typing import Any

import pytest

from sellerspec import fuzz, sandbox
from sellerspec.fuzz.result import FuzzResult
from sellerspec.fuzz.scenarios.tiki_v2_access import STEPS


def run(*defects: str) -> FuzzResult:
    """Return what the sequences find that use a token."""
    app = sandbox.app("tiki-v2", defects=defects)
    return fuzz.run("tiki-v2", app=app, phases=["sequences"], include=["createToken", "getSeller"])


def test_an_honest_sandbox_has_no_findings_and_each_step_is_taken() -> None:
    result = run()
    assert not result.findings
    assert all(result.coverage.transitions[step] for step in STEPS)


@pytest.mark.parametrize(
    ("defect", "kind"),
    [
        ("token-never-ends", "token-outlives"),
        ("token-ends-early", "token-refused"),
        ("scope-not-checked", "scope-ignored"),
        ("refresh-refused", "refresh-refused"),
        ("refresh-token-missing", "refresh-missing"),
        ("rate-limit-low", "limited-early"),
    ],
)
def test_a_defect_is_found(defect: str, kind: str) -> None:
    assert [finding.kind for finding in run(defect).findings] == [kind]


async def refusing(_scope: Any, _receive: Any, send: Any) -> None:
    """Refuse every call, as a server does that does not know the client."""
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"errors": ["no"]}'})


def test_another_server_that_gives_no_token_is_not_called_with_one() -> None:
    result = fuzz.run("tiki-v2", app=refusing, phases=["sequences"], include=["createToken", "getSeller"])
    assert not any(result.coverage.transitions[step] for step in STEPS)
    assert result.coverage.operations["tiki-v2/createToken"] == 1
