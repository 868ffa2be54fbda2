"""Write findings as a file of pytest tests, which need only the server."""

from collections.abc import Sequence

from sellerspec.fuzz.findings import FuzzFinding
from sellerspec.fuzz.reproduce import shown_body, shown_headers, shown_path

HEAD = '''"""What `sellerspec fuzz {marketplace}` found; URL and SELLERSPEC_HEADERS name the server."""

import json
import os

import httpx
import sellerspec

URL = os.environ["URL"].rstrip("/")
HEADERS = json.loads(os.environ.get("SELLERSPEC_HEADERS", "{{}}"))


def send(method, path, headers, body, operation):
    secret = HEADERS if "***" in headers.values() else {{}}
    sent = {{**{{name: value for name, value in headers.items() if value != "***"}}, **secret}}
    response = httpx.request(method, URL + path, headers=sent, content=body, follow_redirects=False)
    exchange = sellerspec.Exchange(
        method,
        path,
        response.status_code,
        request_headers=headers,
        request_body=body,
        response_headers=dict(response.headers),
        response_body=response.content,
    )
    return response, sellerspec.check_exchange(exchange, operation=operation, requests="always")'''
"""How a file of tests begins."""


def tests_of(findings: Sequence[FuzzFinding], marketplace: str) -> str:
    """Return a pytest file with one test for each finding; address and token come from the environment."""
    lines = [HEAD.format(marketplace=marketplace)]
    for finding in findings:
        if finding.call is not None:
            lines += ["", "", *_test(finding)]
    return "\n".join(lines) + "\n"


_ASSERTS = {
    "accepted-invalid": "assert response.status_code >= 400",
    "refused-valid": "assert response.status_code < 400",
    "server-error": "assert response.status_code < 500",
    "malformed-fails": "assert response.status_code < 500",
    "duplicate-fails": "assert response.status_code < 400",
}


def _test(finding: FuzzFinding) -> list[str]:
    name = f"{finding.operation.partition('/')[2]}_{finding.kind}_{finding.fingerprint}".replace("-", "_")
    lines = [f"def test_{name}():", f"    {docstring(f'{finding.message} ({finding.basis})')}"]
    lines.extend(
        f"    response, report = send({call.method!r}, {shown_path(call)!r}, {shown_headers(call.headers)!r},"
        f" {shown_body(call).encode()!r}, {call.operation!r})"
        for call in finding.calls
    )
    check = _ASSERTS.get(finding.kind)
    if check is None and finding.rule:
        check = f"assert {finding.rule!r} not in {{finding.rule for finding in report.findings}}"
    lines.append(f"    {check or 'assert report.ok'}")
    return lines


def docstring(text: str) -> str:
    """Return a text as a docstring of one line."""
    return '"""' + text.replace("\\", "\\\\").replace('"""', "'''").rstrip('"') + '"""'
