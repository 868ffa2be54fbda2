"""Checking a folder of cassettes takes at most 1.2 times what PyYAML's C loader needs to parse it.

2,000 exchanges: the responses of the corpus, each written with other numbers so that hardly two are
alike. The check reads the files, finds each call's operation, judges request and response with
schemas and rules, holds verdicts against pre-flight, looks for secrets, ages and duplicates.
"""

import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import yaml

from sellerspec.cassettes import Checker, Settings, check_cassettes, files

BUDGET = 1.2
EXCHANGES = 2_000
A_FILE = 20
ROUNDS = 9
CORPUS = Path(__file__).resolve().parents[1] / "cassettes"


def folder(target: Path) -> int:
    """Write cassettes, a folder for each marketplace; return how many exchanges they hold."""
    written = 0
    for market in sorted(path.name for path in CORPUS.iterdir() if path.is_dir()):
        corpus = used(CORPUS / market)
        share = -(-EXCHANGES * len(corpus) // len(used(CORPUS)))
        for start in range(0, share, A_FILE):
            some = [
                _other(corpus[at % len(corpus)], at, at // len(corpus))
                for at in range(start, min(share, start + A_FILE))
            ]
            files.write(target / market / f"{start:05}.yaml", some)
            written += len(some)
    return written


def used(path: Path) -> list[files.Recorded]:
    """Return the exchanges of the corpus but webhooks, and responses without a body, which would be alike."""
    recordings = (recorded for file in files.find([path]) for recorded in files.read(file).exchanges)
    return [
        recorded
        for recorded in recordings
        if recorded.exchange.response_body
        and not recorded.exchange.url.startswith("https://connector")
        and "notice" not in recorded.file
    ]


def _other(recorded: files.Recorded, number: int, turn: int) -> files.Recorded:
    """Return an exchange with other numbers; spaces at the end make turns differ where there are none."""
    body = recorded.exchange.response_body
    for old in (b"Dell", b"20000", b"419060832"):
        body = body.replace(old, str(10_000 + number).encode())
    return replace(recorded, exchange=replace(recorded.exchange, response_body=body + b" " * turn))


def times(target: Path) -> tuple[float, float, int]:
    """Return the seconds to parse and to check all files, and their size.

    File by file in turns, each file's quietest round: a slow moment of the machine is short.
    """
    cassettes = list(files.find([target]))
    parse = dict.fromkeys(cassettes, float("inf"))
    check = dict.fromkeys(cassettes, float("inf"))
    size = 0
    for _ in range(ROUNDS):
        size = 0
        work = Checker(Settings(max_age=timedelta(days=36_500)))
        for path in cassettes:
            start = time.process_time()
            text = path.read_text()
            yaml.load(text, yaml.CSafeLoader)
            middle = time.process_time()
            work.file(path)
            check[path] = min(check[path], time.process_time() - middle)
            parse[path] = min(parse[path], middle - start)
            size += len(text)
    return sum(parse.values()), sum(check.values()), size


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        target = Path(name)
        count = folder(target)
        assert len(check_cassettes([target])) == count
        parse, check, size = times(target)
    ratio = check / parse
    print(f"{count} exchanges, {size / 1e6:.1f} MB: parse {parse:.3f} s, check {check:.3f} s")
    print(f"check / parse: {ratio:.2f} (budget {BUDGET})")
    return 0 if ratio <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
