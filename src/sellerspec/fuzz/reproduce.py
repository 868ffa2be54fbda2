"""Show a call again: as a curl command and as a test, with every secret masked."""

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sellerspec.fuzz.wire import Call
from sellerspec.model import Json
from sellerspec.render.hide import hidden

if TYPE_CHECKING:
    from sellerspec.fuzz.findings import FuzzFinding

SECRETS = frozenset(("authorization", "tiki-api", "cookie", "x-api-key", "proxy-authorization"))
"""Headers whose values are never shown."""

MASK = "***"
LONGEST = 4000
"""Characters of a body that are shown; the rest is cut, and said to be."""


def _shown(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: MASK if name.lower() in SECRETS else value for name, value in headers.items()}


def _body(call: Call) -> str:
    return hidden(call.body.decode("utf-8", "backslashreplace"))


def _is_text(body: bytes) -> bool:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return not any(each < " " and each not in "\r\n\t" for each in text)


def masked(call: Call) -> dict[str, Json]:
    """Return a call as JSON, secrets masked."""
    return {
        "method": call.method,
        "path": call.path,
        "headers": _shown(call.headers),
        "body": _body(call)[:LONGEST],
    }


def curl(call: Call, url: str = "$URL") -> str:
    """Return a curl command; `$URL` stands for the server, `***` for what is secret."""
    parts = ["curl", "-sS", "-i", "-X", call.method]
    for name, value in _shown(call.headers).items():
        parts += ["-H", shlex.quote(f"{name}: {value}")]
    if call.body and _is_text(call.body):
        shown = _body(call)
        parts += ["--data-binary", shlex.quote(shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}...")]
    elif call.body:
        # bytes that no terminal takes go as an ANSI-C string of the shell; a file, by its size alone
        binary = "".join(f"\\x{each:02x}" for each in call.body[:200])
        parts += [
            "--data-binary",
            f"$'{binary}'" if len(call.body) <= 200 else f"'@a file of {len(call.body)} bytes'",
        ]
    return " ".join([*parts, f'"{url}"{shlex.quote(call.path)}'])


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
        answer_headers=dict(answer.headers),
        answer_body=answer.content,
    )
    return answer, sellerspec.check_exchange(exchange, operation=operation, requests="always")'''
"""How a file of tests begins."""


def tests_of(findings: Sequence["FuzzFinding"], marketplace: str) -> str:
    """Return a pytest file with one test for each finding; address and token come from the environment."""
    lines = [HEAD.format(marketplace=marketplace)]
    for each in findings:
        if each.call is not None:
            lines += ["", "", *_test(each)]
    return "\n".join(lines) + "\n"


_ASSERTS = {
    "accepted-invalid": "assert answer.status_code >= 400",
    "refused-valid": "assert answer.status_code < 400",
    "server-error": "assert answer.status_code < 500",
}


def _test(found: "FuzzFinding") -> list[str]:
    name = f"{found.operation.partition('/')[2]}_{found.kind}_{found.fingerprint}".replace("-", "_")
    lines = [f"def test_{name}():", f"    {json_text(found.message)}"]
    lines.extend(
        f"    answer, report = send({each.method!r}, {each.path!r}, {_shown(each.headers)!r},"
        f" {_body(each).encode()!r}, {each.operation!r})"
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
