"""No planted secret reaches cassettes, log or report of a proxy: in URLs, multipart and redirects neither."""

import json
import re
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from sellerspec.reporting import FORMATS, render
from support.planted_kinds import EVERY as PLANTED
from support.planted_secrets import among, reached
from support.planted_server import REASON, planted_server
from support.proxies import proxied

TOKEN = "Sup3rSecretTok3nValue9981"
HOST = re.compile(r"https://(?:[^/@?#]+@)?[^/?#;]+")


@pytest.mark.no_cover
@pytest.mark.parametrize("mode", ["report", "block"])
def test_no_planted_secret_is_written(tmp_path: Path, mode: str) -> None:
    log, folder, kinds = tmp_path / "log.jsonl", tmp_path / "cassettes", dict[str, str]()
    with (
        planted_server() as server,
        proxied(f"http://127.0.0.1:{server.server_port}", mode=mode, record=folder, log=log) as proxy,
        httpx.Client(trust_env=False) as client,
    ):
        for kind, planted in PLANTED.items():
            server.planted, exchange = planted, planted.exchange
            kinds[f"{len(kinds) + 1:06}"] = kind
            headers, url = {"tiki-api": TOKEN, **exchange.request_headers}, HOST.sub(proxy.url, exchange.url)
            with suppress(httpx.InvalidURL):  # a `Location` that is no URL
                answer = client.request(exchange.method, url, headers=headers, content=exchange.request_body)
            if mode == "report":
                assert answer.status_code == (403 if kind == "header-Origin" else exchange.status)
    written = {path.name.partition("-")[0]: path.read_text() for path in folder.glob("*.yaml")}
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["number"] for line in lines] == list(range(1, len(PLANTED) + 1))
    passed = {f"{line['number']:06}" for line in lines if line["outcome"] == "passed"}
    assert set(written) == passed
    assert len(passed) >= (0.98 * len(PLANTED) if mode == "report" else 30)
    leaking = {kinds[number]: found for number, text in written.items()
               if (found := reached(text, PLANTED[kinds[number]]))}  # fmt: skip
    assert leaking == {}
    assert not any(secret in text for text in written.values() for secret in (REASON, TOKEN))
    shown = {
        kind: json.dumps({**line, "at": "", "seconds": 0}) for kind, line in zip(PLANTED, lines, strict=True)
    }
    for one in proxy.result.checked:
        kind = kinds[f"{int(one.name.partition(' ')[0]):06}"]
        shown[kind] += "".join(render(form, [one]) for form in FORMATS)
    reported = {kind: found for kind, text in shown.items() if (found := reached(text, PLANTED[kind]))}
    assert reported == {}
    failed = render("json", [], proxy.result.failed)
    assert [kind for kind, planted in PLANTED.items() if among(failed, planted)] == []
    assert not any(TOKEN in text for text in shown.values())
    assert proxy.result.problems == []
