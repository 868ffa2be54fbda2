"""Pages of the documentation as their readers use them: files written, commands typed, code run."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"(?:<!-- run: (\w+) -->\n)?^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    language: str
    title: str
    """Name of the file that it is."""

    mark: str
    """What a comment before it asks for; a word beside the language would stop the site from rendering it."""

    text: str


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page of the repository."""
    fenced = []
    for comment, language, rest, text in FENCE.findall((ROOT / page).read_text(encoding="utf-8")):
        title = re.search(r'title="([^"]*)"', rest)
        fenced.append(Block(language, title[1] if title else "", comment, text))
    return fenced


def environment(folder: Path) -> dict[str, str]:
    """Return an environment in which `sellerspec`, `pytest` and `python` are those under test."""
    tools = folder / ".tools"
    tools.mkdir(exist_ok=True)
    for name, words in (("sellerspec", "-m sellerspec "), ("pytest", "-m pytest "), ("python", "")):
        (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words}"$@"\n')
        (tools / name).chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), os.environ.get("PYTHONPATH", ""))),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "-p pytest_sellerspec -p no:cacheprovider",
        "COLUMNS": "100",
    }


def typed(command: str, folder: Path, *, here: Path | None = None) -> str:
    """Return what a command prints in a shell; `sellerspec`, `pytest` and `python` are those under test."""
    done = subprocess.run(
        command,
        shell=True,
        cwd=here or folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stderr + done.stdout


def fits(shown: str, printed: str) -> bool:
    """Say whether a page's `...` stand for what else was printed; notes on stderr may be left out."""
    lines = [line for line in printed.splitlines() if not line.startswith("note: ")]
    pattern = ".*".join(re.escape(part) for part in shown.strip().split("..."))
    return re.fullmatch(pattern, "\n".join(lines).strip(), re.DOTALL) is not None


def follow(page: str, folder: Path) -> int:
    """Do all that a page says, in its order; return how many commands were typed."""
    count = 0
    for block in blocks(page):
        if block.title:
            path = folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.mark == "run":
            printed = typed(f"set -eu\n{block.text}", folder)
            assert not printed, printed
        elif block.language == "console":
            for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
                command, _, shown = part.partition("\n")
                printed = typed(command, folder)
                assert fits(shown, printed), f"{command}\n{printed}"
                count += 1
    return count
