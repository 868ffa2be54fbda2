"""The Dockerfile without a container engine: its instructions, run in a folder. `make packaging` runs it."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.installed import ROOT, run
from support.servers import free_port, running, status

ORDER = "/v1/orders/419060832"
TOKEN = "FAKE-TOKEN-FOR-TESTS"
Instructions = list[tuple[str, str]]


def stages() -> dict[str, Instructions]:
    """Return the instructions of each stage, after those of the stage below it; "" is the last."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    known: dict[str, Instructions] = {}
    name = ""
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            known[name] = list(known.get(base, []))
        elif line and not line.startswith("#"):
            known[name].append((word, rest.strip()))
    return known


STAGES = stages()


def last(stage: str, word: str) -> str:
    return [rest for one, rest in STAGES[stage] if one == word][-1]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process in which the package is installed as the image installs it."""
    source, home = tmp_path_factory.mktemp("src"), tmp_path_factory.mktemp("image")
    for *parts, target in (rest.split() for word, rest in STAGES["build"] if word == "COPY"):
        for part in parts:
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, source / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(ROOT / part, source / target)
    assert run(sys.executable, "-m", "venv", home / "venv", cwd=home).returncode == 0
    install = shlex.split(last("build", "RUN").replace("--prefix=/install", f"--prefix={home}/install"))
    done = run(home / "venv/bin/python", "-m", *install, cwd=source)
    assert done.returncode == 0, done.stderr
    (packages,) = (home / "install/lib").glob("python3.*/site-packages")
    path = os.pathsep.join((f"{home}/install/bin", f"{home}/venv/bin"))
    return {"PATH": path, "PYTHONPATH": str(packages), "HOME": str(home)}


def words(text: str, port: int, environment: dict[str, str]) -> list[str]:
    """Return the words of an instruction in JSON, with another port than the image has."""
    first, *others = json.loads(text.replace("8000", str(port)))
    found = shutil.which(first, path=environment["PATH"])
    assert found is not None
    return [found, *others]


def health(stage: str, port: int, environment: dict[str, str]) -> int:
    check = re.sub(r"^(--\S+ +)*CMD ", "", last(stage, "HEALTHCHECK"))
    return subprocess.run(
        words(check, port, environment), env=environment, stderr=subprocess.DEVNULL
    ).returncode


def test_sandbox_and_proxy_start_by_their_entry_points_and_are_healthy(
    environment: dict[str, str], tmp_path: Path
) -> None:
    ports = {"sandbox": free_port(), "proxy": free_port()}
    assert [health(stage, port, environment) for stage, port in ports.items()] == [1, 1]
    start = {stage: words(last(stage, "ENTRYPOINT"), port, environment) for stage, port in ports.items()}
    sandbox = [*start["sandbox"], *json.loads(last("sandbox", "CMD"))]
    with running(sandbox, ports["sandbox"], cwd=tmp_path, env=environment) as upstream:
        assert health("sandbox", ports["sandbox"], environment) == 0
        proxy = [*start["proxy"], "tiki", "--upstream", upstream]
        with running(proxy, ports["proxy"], cwd=tmp_path, env=environment) as url:
            assert health("proxy", ports["proxy"], environment) == 0
            assert status(url + ORDER, tiki_api=TOKEN) == 200


def test_the_command_line_is_what_an_image_without_a_target_runs(environment: dict[str, str]) -> None:
    command = [*words(last("", "ENTRYPOINT"), 0, environment), *json.loads(last("", "CMD"))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: sellerspec [OPTIONS] COMMAND")


@pytest.mark.parametrize("stage", ["sandbox", "proxy", ""])
def test_no_image_runs_as_root(stage: str) -> None:
    user = last(stage, "USER")
    assert user not in ("0", "root")
    assert f"--uid {user} " in last(stage, "RUN")
