"""Record the picture of the README: `make terminal` runs a command on a terminal and draws its output."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
COMMAND = "sellerspec check tests/examples/tiki/createProduct/invalid/documented-invalid.json"
PICTURE = ROOT / "docs/assets/check.svg"
WIDTH = 118


def ran(command: str) -> str:
    """Run one of our commands on its own terminal and return its output with the escape sequences."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(WIDTH)}
    environment.pop("NO_COLOR", None)
    words = [sys.executable, "-m", *command.split()]
    with subprocess.Popen(words, stdout=theirs, stderr=theirs, cwd=ROOT, env=environment) as process:
        os.close(theirs)
        printed = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux reports the end of a terminal as an error
                break
            if not part:
                break
            printed += part
        process.wait()
    os.close(ours)
    return printed.decode().replace("\r\n", "\n")


def drawn(command: str, printed: str) -> str:
    """Return the picture of a terminal, without fonts from another host."""
    with open(os.devnull, "w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        console.print(Text(f"$ {command}", style="bold"))
        console.print(Text.from_ansi(printed.rstrip("\n")))
    picture = console.export_svg(title="sellerspec", unique_id="terminal")
    return re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(drawn(COMMAND, ran(COMMAND)), encoding="utf-8")
