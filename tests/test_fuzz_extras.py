"""What a run says on a terminal, and what it says where a library is missing."""

import os
import pty
import sys
from contextlib import suppress

import pytest

from sellerspec import fuzz, sandbox, strategies
from sellerspec.cli import main
from sellerspec.errors import MissingExtra
from sellerspec.fuzz import engine


def test_a_terminal_is_shown_the_progress_and_left_clean(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader, writer = pty.openpty()
    with os.fdopen(writer, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        main(
            ["fuzz", "tiki", "--sandbox", "--profile", "quick", "--phase", "sequences", "--max-time", "20"],
            standalone_mode=False,
        )
    drawn = b""
    with suppress(OSError):  # the end: nobody writes any more
        while part := os.read(reader, 65536):
            drawn += part
    os.close(reader)
    shown = drawn.decode()
    assert "sequences: 20 requests, 0 findings" in shown
    assert shown.endswith("\r\x1b[K")
    assert "tiki: 0 errors" in capsys.readouterr().out


def test_a_missing_library_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    engine._schema.cache_clear()
    for module in ("hypothesis", "schemathesis", "httpx"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match="fuzz"):
        strategies.payloads("tiki/updateSku")
    with pytest.raises(MissingExtra, match="fuzz"):
        list(engine.coverage_cases("tnsl", "getOrder"))
    with pytest.raises(MissingExtra, match="fuzz"):
        fuzz.receive("tnsl/orderStatusSync", url="http://127.0.0.1:9")
    with pytest.raises(MissingExtra, match="fuzz"):
        fuzz.run("tnsl", app=sandbox.app("tnsl"))
