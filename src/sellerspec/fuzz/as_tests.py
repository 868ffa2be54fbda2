"""Write findings as a file of tests, which need nothing but the server."""

from collections.abc import Sequence

from sellerspec.fuzz.findings import FuzzFinding
from sellerspec.fuzz.reproduce import shown_body, shown_headers

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
    answer = httpx.request(method, URL + path, headers=sent, content=body, follow_redirects=False)
    exchange = sellerspec.Exchange(
        method,
        path,
        answer.status_code,
        request_headers=headers,
        request_body=body,
        response_headers=dict(answer.headers),
        response_body=answer.content,
    )
    return answer, sellerspec.check_exchange(exchange, operation=operation, requests="always")'''
"""How a file of tests begins."""


def tests_of(findings: Sequence[FuzzFinding], marketplace: str) -> str:
    """Return a pytest file with one test for each finding; address and token come from the environment."""
    lines = [HEAD.format(marketplace=marketplace)]
    for finding in findings:
        if finding.call is not None:
            lines += ["", "", *_test(finding)]
    return "\n".join(lines) + "\n"


_ASSERTS = {
    "accepted-invalid": "assert answer.status_code >= 400",
    "refused-valid": "assert answer.status_code < 400",
    "server-error": "assert answer.status_code < 500",
}


def _test(found: FuzzFinding) -> list[str]:
    name = f"{found.operation.partition('/')[2]}_{found.kind}_{found.fingerprint}".replace("-", "_")
    lines = [f"def test_{name}():", f"    {json_text(found.message)}"]
    lines.extend(
        f"    answer, report = send({each.method!r}, {each.path!r}, {shown_headers(each.headers)!r},"
        f" {shown_body(each).encode()!r}, {each.operation!r})"
        for each in (*found.before, *([found.call] if found.call else []))
    )
    check = _ASSERTS.get(found.kind)
    if check is None and found.rule:
        check = f"assert {found.rule!r} not in {{each.rule for each in report.findings}}"
    lines.append(f"    {check or 'assert report.ok'}")
    return lines


def json_text(text: str) -> str:
    """Return a text as a docstring of one line."""
    return '"""' + text.replace("\\", "\\\\").replace('"""', "'''").rstrip('"') + '"""'
