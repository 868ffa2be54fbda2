"""Record the picture of the README: `make terminal` runs a command on a terminal and draws its output."""

import os
import pty
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
COMMAND = "sellerspec check product.json"
PRODUCT = """\
{
  "category_id": 218,
  "name": "A made-up book",
  "description": "A book that does not exist",
  "market_price": 199000,
  "image": "https://shop.example/book.png",
  "images": ["https://shop.example/book-2.png"],
  "attributes": {"author": "Nobody"},
  "option_attributes": ["book_cover"],
  "variants": [
    {
      "sku": "BOOK-soft", "price": "149000", "quantity": 5, "option1": "soft",
      "inventory_type": "BACKORDER", "supplier": 239091
    },
    {
      "sku": "BOOK-hard", "price": 0, "quantity": 5, "option1": "hard",
      "inventory_type": "backorder", "supplier": 239091
    }
  ]
}
"""
PICTURE = ROOT / "docs/assets/check.svg"
WIDTH = 118


def ran(command: str, folder: Path) -> str:
    """Run one of our commands on its own terminal and return its output with the escape sequences."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(WIDTH)}
    environment.pop("NO_COLOR", None)
    words = [sys.executable, "-m", *command.split()]
    with subprocess.Popen(words, stdout=theirs, stderr=theirs, cwd=folder, env=environment) as process:
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
    with tempfile.TemporaryDirectory() as name:
        Path(name, "product.json").write_text(PRODUCT, encoding="utf-8")
        PICTURE.write_text(drawn(COMMAND, ran(COMMAND, Path(name))), encoding="utf-8")
