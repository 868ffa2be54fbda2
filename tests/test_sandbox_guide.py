"""docs/how-to/sandbox.md: its curl commands run as they stand, and nothing they get is a refusal."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sellerspec import sandbox
from support.sandboxes import check_log

GUIDE = Path(__file__).parents[1] / "docs" / "how-to" / "sandbox.md"
BLOCKS = re.findall(r"<!-- run: ([\w-]+) -->\n```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)
LAST = {
    "tiki": '"status":"successful_delivery"',
    "tiki-v2": '"status":"picking"',
    "tnsl": '"state":"',
    "tokopedia": "tokocabangOrderNotification",
}


def test_the_guide_has_the_documented_sequences() -> None:
    assert [name for name, _ in BLOCKS] == ["tiki", "tiki", "tiki-v2", "tnsl", "tokopedia"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the guide is written for curl")
@pytest.mark.parametrize("at", range(len(BLOCKS)))
def test_the_commands_of_the_guide_run_as_they_stand(at: int, tmp_path: Path) -> None:
    marketplace, script = BLOCKS[at]
    for name, module in (("sellerspec", "-m sellerspec "), ("python", "")):
        tool = tmp_path / name
        tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module}"$@"\n')
        tool.chmod(0o755)
    with sandbox.run(marketplace) as box:
        environment = {
            **os.environ,
            "URL": box.url,
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "PYTHONPATH": str(Path(sandbox.__file__).parents[2]),
            "no_proxy": "127.0.0.1",
        }
        ran = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", script],
            env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        statuses = [entry.response.status for entry in box.log()]
        assert len(statuses) >= 1
        refused = [
            (entry.request.url, entry.response.content) for entry in box.log() if entry.response.status >= 400
        ]
        assert not refused
        check_log(box.sandbox)
    if at == 0:
        assert '"state":"approved"' in ran.stdout
    else:
        assert LAST[marketplace] in ran.stdout
