"""The how-to pages about specs are run as a reader would: their files written, their commands typed."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str) -> list[tuple[str, str]]:
    fenced: list[tuple[str, str]] = FENCE.findall((ROOT / "docs/how-to" / page).read_text(encoding="utf-8"))
    return fenced


def files(page: str) -> dict[str, str]:
    """Return the files of a page: blocks whose first line is a comment with their name."""
    out = {}
    for kind, text in blocks(page):
        first, _, rest = text.partition("\n")
        if kind != "console" and first.startswith("# "):
            out[first[2:]] = rest
    return out


def sessions(page: str) -> list[tuple[str, str]]:
    """Return the commands of a page with their output on the page."""
    commands = []
    for kind, text in blocks(page):
        if kind == "console":
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                command, _, printed = part.partition("\n")
                commands.append((command, printed))
    return commands


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def typed(command: str, folder: Path) -> str:
    """Return what a command prints in a shell, stderr with it; `sellerspec` is the one under test."""
    tool = folder / "bin" / "sellerspec"
    tool.parent.mkdir(exist_ok=True)
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sellerspec "$@"\n')
    tool.chmod(0o755)
    paths = os.pathsep.join((str(folder), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")))
    environment = {
        **os.environ,
        "PATH": f"{tool.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": paths,
    }
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )
    return done.stderr + done.stdout


def test_the_commands_of_correct_a_spec_print_what_the_page_shows(tmp_path: Path) -> None:
    texts = files("correct-a-spec.md")
    settings = texts.pop("pyproject.toml")
    write(tmp_path, texts)
    ran = sessions("correct-a-spec.md")
    assert len(ran) == 5
    for command, printed in ran:
        if "--overlay" not in command:
            write(tmp_path, {"pyproject.toml": settings})
        assert typed(command, tmp_path) == printed
        (tmp_path / "pyproject.toml").unlink(missing_ok=True)


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """The package of the page, installed as far as entry points go: its metadata beside it."""
    texts = files("add-a-marketplace.md")
    write(tmp_path, texts)
    offered = tomllib.loads(texts["pyproject.toml"])["project"]
    [(group, points)] = offered["entry-points"].items()
    lines = [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    write(
        tmp_path,
        {
            "sellerspec_acme-1.0.0.dist-info/METADATA": "Name: sellerspec-acme\nVersion: 1.0.0\n",
            "sellerspec_acme-1.0.0.dist-info/entry_points.txt": "\n".join(lines),
        },
    )
    (tmp_path / "pyproject.toml").unlink()
    return tmp_path


def test_the_commands_of_add_a_marketplace_print_what_the_page_shows(acme: Path) -> None:
    ran = sessions("add-a-marketplace.md")
    assert len(ran) == 3
    for command, printed in ran:
        assert typed(command, acme) == printed


def test_the_marketplace_of_the_page_can_be_bundled_and_corrected(acme: Path) -> None:
    bundled = typed("sellerspec specs bundle acme", acme)
    assert "x-marketplace: acme" in bundled
    assert "$ref: '#/components/schemas/listing'" in bundled
    (acme / "fix.yaml").write_text(
        "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nx-marketplace: acme\nactions:\n"
        "  - {target: $.components.schemas.listing.properties.price, update: {minimum: 2000}}\n"
    )
    printed = typed(
        'echo \'{"title": "x", "price": 1000}\' | sellerspec check --overlay fix.yaml --as acme/createListing -',  # noqa: E501
        acme,
    )
    assert "error acme.price `price` must be at least 2000, got 1000" in printed
