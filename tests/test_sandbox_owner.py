"""A sandbox goes on when a notice or its file fails; and a state file has one owner."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

import sellerspec
from sellerspec import sandbox
from sellerspec.cli import main
from sellerspec.errors import ParseError
from sellerspec.sandbox.running import Box
from support.sandboxes import example, receiver, running

PRODUCT = example("tiki/createProduct/valid/documented-simple")


def test_F3_a_pending_notice_that_cannot_be_sent_is_failed_and_the_next_one_goes_out() -> None:
    with receiver() as hook, running("tokopedia") as (box, client):
        box.seed({"webhooks": [{"url": hook.url}]})
        with box.sandbox.lock, box.sandbox.state.transaction():
            for key, wrong in (
                ("1", {"url": 5}),
                ("2", None),
                ("3", {"url": "http://[", "body": {}, "attempts": []}),
            ):
                box.sandbox.state.put("notices", key, wrong or {})
                box.sandbox.state.put("notices-pending", key, 0)
        box.seed({"orders": [{"order_id": 7}]})
        *wrong_ones, good = box.deliveries()
        assert [notice["state"] for notice in wrong_ones] == ["failed"] * 3
        assert all("problem" in notice or notice["attempts"][0]["error"] for notice in wrong_ones)
        assert (good["state"], len(hook.notices)) == ("delivered", 1)
        shown = client.get("/__sellerspec/webhooks").json()
        assert shown[0]["problem"] == "given up: it is no notice"
        client.post("/__sellerspec/reset")
        box.seed({"webhooks": [{"url": hook.url}], "orders": [{"order_id": 8}]})
        assert [notice["state"] for notice in box.deliveries()] == ["delivered"]


def execute(box: Box, *pragmas: str) -> None:
    with box.sandbox.lock:
        file = box.sandbox.state._file
        assert file is not None
        for pragma in pragmas:
            file.execute(pragma)


def filled_up(box: Box) -> None:
    """Let the file of a state grow no more: SQLite fails as on a full disk."""
    execute(box, "PRAGMA max_page_count = 1")


def emptied(box: Box) -> None:
    execute(box, "PRAGMA max_page_count = 1000000", "PRAGMA query_only = OFF")


def test_F3_a_disk_that_takes_nothing_fails_the_notice_and_the_sender_goes_on(tmp_path: Path) -> None:
    with receiver() as hook, running("tokopedia", state=tmp_path / "state.db") as (box, client):
        hook.hold.set()
        box.seed({"webhooks": [{"url": hook.url}], "orders": [{"order_id": 7}]})
        while not hook.notices:
            pass
        # a note fits into the page of its notice, so a full disk is not certain to refuse it
        execute(box, "PRAGMA query_only = ON")
        hook.hold.clear()
        (notice,) = box.deliveries()
        said = "given up: the file of the state cannot be written: attempt to write a readonly database"
        assert (notice["state"], notice["attempts"][0]["status"], notice["problem"]) == ("failed", 200, said)
        full = client.post("/__sellerspec/seed", json={"orders": [{"order_id": 9}]})
        assert full.status_code == 507
        assert full.json()["error"] in said
        assert client.post("/__sellerspec/clock", json={"advance": 5000}).status_code == 507
        assert client.get("/__sellerspec/clock").json()["elapsed"] < 5000
        assert client.get("/__sellerspec/webhooks").json()[0]["problem"] == said
        emptied(box)
        box.seed({"orders": [{"order_id": 8}]})
        assert [(one["event"], one["state"]) for one in box.deliveries()] == [
            ("7", "failed"),
            ("8", "delivered"),
        ]


def documents(box: Box) -> dict[str, Any]:
    return {kind: table for kind, table in box.state()["tables"].items() if table}


def test_F3_a_full_disk_takes_nothing_of_a_call(tmp_path: Path) -> None:
    with sandbox.run("tiki", state=tmp_path / "state.db") as box:
        filled_up(box)
        with httpx.Client(base_url=box.url, headers=box.headers, trust_env=False) as client:
            before = documents(box)
            product = {**PRODUCT, "description": "x" * 100_000}
            refused = client.post("/v1/products", json=product)
            assert refused.status_code == 500
            assert "the file of the state cannot be written: database or disk is full" in refused.text
            assert documents(box) == before
            emptied(box)
            assert client.post("/v1/products", json=product).status_code == 200


def test_F4_a_state_file_has_one_owner(tmp_path: Path) -> None:
    file = tmp_path / "same.db"
    with sandbox.run("tiki", state=file) as box:
        started = CliRunner().invoke(main, ["serve", "tiki", "--state", str(file)])
        assert started.exit_code == 2
        assert (
            f"{file}: the file is in use by another sandbox; stop that one, or name another file"
            in started.stderr
        )
        with pytest.raises(sellerspec.SellerspecError, match="in use by another sandbox"):
            sandbox.app("tiki", state=file)
        link = tmp_path / "link.db"
        link.symlink_to(file)
        with pytest.raises(sellerspec.SellerspecError, match="in use by another sandbox"):
            sandbox.app("tiki", state=link)
        assert httpx.get(f"{box.url}/v1/orders", headers=box.headers).status_code == 200
    with sandbox.run("tiki", state=file) as box:
        assert len(box.state()["tables"]["orders"]) == 31


def test_F4_the_state_of_another_marketplace_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "tiki.db"
    sandbox.app("tiki", state=file).sandbox.close()
    for other in ("tiki-v2", "tnsl", "tokopedia"):
        started = CliRunner().invoke(main, ["serve", other, "--state", str(file)])
        assert started.exit_code == 2
        assert f"no state of a `{other}` sandbox: /tables/" in started.stderr
    sandbox.app("tiki", state=file).sandbox.close()


@pytest.mark.parametrize("body", [b"not json", b"\xff", b"5", b'{"seller": "1"}'])
def test_F4_a_file_whose_documents_are_no_state_does_not_start(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "state.db"
    sandbox.app("tiki", state=file).sandbox.close()
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE documents SET body = ? WHERE kind = 'orders'", (body,))
    raw.close()
    with pytest.raises(ParseError, match=r"state\.db: no state of a"):
        sandbox.app("tiki", state=file)
    with sqlite3.connect(file, timeout=0.1) as raw:
        assert raw.execute("SELECT count(*) FROM documents").fetchone()[0] > 0, "the file is closed again"
    raw.close()


def test_F4_threads_of_one_sandbox_share_its_file(tmp_path: Path) -> None:
    with running("tiki", state=tmp_path / "state.db") as (_, client):
        threads = [
            threading.Thread(target=client.post, args=("/v1/products",), kwargs={"json": PRODUCT})
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(client.get("/v1/tracking").json()) == 9
