"""The findings of every invalid example with their messages, as `tests/expected/` holds them.

    PYTHONPATH=src:tests python -m support.message_snapshots    # writes tests/expected/ anew

`messages.txt` there holds each kind of message once, with its place and operation, without the payload: a
reader of the message has no more.
A change of a message, a status or a text shows as a difference of these files, to be read
before it is committed: messages are part of the interface.
"""

import json
import re
from pathlib import Path

from sellerspec import marketplaces
from support.examples import examples

FOLDER = Path(__file__).resolve().parents[1] / "expected"


def written(marketplace: str) -> str:
    """Return one paragraph for each invalid example: its findings, and the response of the marketplace."""
    lines: list[str] = []
    for example in examples("invalid"):
        if example.operation.startswith(f"{marketplace}/"):
            report = example.report()
            lines.append(str(example))
            for finding in report.findings:
                lines.append(f"  {finding}")
                lines.extend(f"    hint: {text}" for text in (finding.hint,) if text)
            response = report.strict().server_response()
            lines.append(f"  -> {response.status} {json.dumps(response.body, ensure_ascii=False)[:400]}")
    return "\n".join([*lines, ""])


def messages() -> list[str]:
    """Return each kind of violation once, whatever members and values it names: rule, message, place."""
    first: dict[str, str] = {}
    reports = [example.report() for example in examples("invalid")]
    lines = {
        (finding.rule, finding.message, f"{finding.pointer or '/'} ({report.operation})")
        for report in reports
        for finding in report.findings
    }
    for rule, message, place in sorted(lines):
        kind = f"{rule} {re.sub('`[^`]*`|[0-9]+', '', message)}"
        first.setdefault(kind, f"{rule}: {message} at {place}")
    return list(first.values())


def expected(name: str) -> str:
    """Return a stored text: of a marketplace, or `messages`."""
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for name in marketplaces.NAMES:
        (FOLDER / f"{name}.txt").write_text(written(name), encoding="utf-8")
    (FOLDER / "messages.txt").write_text("\n".join([*messages(), ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
