"""Compressed catalogues: broken, cut short, or tiny files that grow to gigabytes."""

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import zstandard

from sellerspec import bulk
from sellerspec.bulk import archives
from sellerspec.errors import ParseError
from support.command_line import run

PRICE = "tiki/updateSku"
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}


def lines(count: int) -> list[bytes]:
    draw = Random(1)
    return [b'{"price": %d, "name": "%x"}' % (draw.randrange(9), draw.getrandbits(300)) for _ in range(count)]


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.no_cover
def test_E7_what_comes_before_a_flipped_byte_is_judged_and_kept(suffix: str, tmp_path: Path) -> None:
    path, out, good = tmp_path / f"a.jsonl{suffix}", tmp_path / "o.jsonl", tmp_path / "good.jsonl"
    all_lines = lines(20_000)
    data = bytearray(PACKERS[suffix](b"\n".join(all_lines)))
    data[len(data) * 3 // 4] ^= 0xFF
    path.write_bytes(data)
    done = run("check", path, "--as", PRICE, "--workers", 1, "--output", out, "--accepted", good)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {path}:")
    line = int(done.stderr.removeprefix(f"error: {path}:").split(":")[0])
    assert 5_000 < line <= 20_000
    reason = "the checksum of the archive is wrong: lines before this one may be damaged too"
    assert done.stderr.splitlines()[0].endswith(
        ("cannot be read from here on: the archive is broken", reason)
    )
    assert f"{PRICE}: {line - 1} lines in" in done.stdout
    zeros = [number for number, text in enumerate(all_lines, 1) if text.startswith(b'{"price": 0')]
    below = [json.loads(text)["line"] for text in out.read_bytes().splitlines()]
    assert set(below) >= {number for number in zeros if number < min(line, 5_000)}
    assert max(below) < line
    assert good.read_bytes().splitlines()[:100] == [text for text in all_lines if b": 0" not in text][:100]
    again = json.loads(run("check", path, "--as", PRICE, "--workers", 1, "--format", "json").stdout)
    assert again["ok"] is False
    assert [(unread["name"], unread["line"]) for unread in again["unread"]] == [(str(path), line)]


@pytest.mark.parametrize("suffix", PACKERS)
def test_E7_an_archive_cut_short_is_never_complete(suffix: str, tmp_path: Path) -> None:
    path, after = tmp_path / f"a.jsonl{suffix}", tmp_path / "b.jsonl"
    data = PACKERS[suffix](b"\n".join(lines(20_000)))
    path.write_bytes(data[: len(data) // 2])
    after.write_bytes(b'{"price": 0}\n')
    summary = bulk.check_files([str(path), str(after)], bulk.How(PRICE), workers=2)
    assert not summary.ok
    ((name, line, problem),) = summary.unread
    assert (name, problem) == (str(path), "the archive ends too early: a part of it is missing")
    assert summary.lines == line  # those before, and the one of the next file
    assert summary.first["tiki.update-price-positive"][-1].name in (str(path), str(after))


def test_E7_members_and_the_zeros_between_them_are_one_catalogue(tmp_path: Path) -> None:
    for suffix, pack in PACKERS.items():
        path = tmp_path / f"a.jsonl{suffix}"
        path.write_bytes(pack(b'{"price": 1}\n{"pri') + pack(b'ce": 2}\n') + b"\0" * 3000)
        assert bulk.check_files([str(path)], bulk.How(PRICE), workers=1).accepted == 2
        path.write_bytes(pack(b'{"price": 1}\n') + b"rubbish")
        (unread,) = bulk.check_files([str(path)], bulk.How(PRICE), workers=1).unread
        assert (unread.line, unread.problem) == (2, "the archive is broken")
        path.write_bytes(b"\0" * 3000)
        with pytest.raises(ParseError, match="not an archive of its suffix"):
            bulk.check_files([str(path)], bulk.How(PRICE), workers=1)


def test_E7_items_before_a_broken_place_of_an_array_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'[{"price": 0}, {"price": 1}, {"price": ')
    done = run("check", path, "--as", PRICE, "--workers", 1)
    assert done.exit_code == 2
    problem = "cannot be read from here on: the array ends in its item 3"
    assert done.stderr.splitlines()[0] == f"error: {path}:3: {problem}"
    assert "1 accepted, 1 refused" in done.stdout


@pytest.mark.parametrize("suffix", PACKERS)
def test_E6_an_archive_may_not_grow_without_bound(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "FREE", 1 << 17)
    packed = PACKERS[suffix](b'{"price": 1}\n') + PACKERS[suffix](b"\n" * (8 << 20))
    assert len(packed) < 100_000
    path = tmp_path / f"a.jsonl{suffix}"
    path.write_bytes(packed)
    done = run("check", path, "--as", PRICE, "--workers", 1)
    assert done.exit_code == 2
    problem = "the archive grows to more than 100 times its size; unpack it first"
    assert done.stderr.splitlines()[0].endswith(problem)
    stream = io.BytesIO(PACKERS[suffix](b"\0" * (8 << 20)))
    blocks = archives.unpacked(stream, f"a{suffix}", 1 << 20)
    with pytest.raises(ParseError, match="grows to more than 100 times"):
        assert {len(block) for block in blocks} == set()


@pytest.mark.no_cover
def test_E6_blank_lines_are_counted_as_a_block(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n" * 500_000 + b'{"price": 0}\n \n{"price": 1}')
    good = tmp_path / "good.jsonl"
    summary = bulk.check_files([str(path)], bulk.How(PRICE), workers=1, accepted=good)
    assert (summary.accepted, summary.refused) == (1, 1)
    assert summary.first["tiki.update-price-positive"][0].line == 500_001
    assert good.read_bytes() == b'{"price": 1}\n'


def test_E6_a_window_that_takes_too_much_memory_is_refused(tmp_path: Path) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=28, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    path = tmp_path / "a.jsonl.zst"
    path.write_bytes(packer.compress(b'{"price": 1}\n' * 10) + packer.flush())
    with pytest.raises(ParseError, match="needs a window of more than 128 MB of memory; unpack it first"):
        bulk.check_files([str(path)], bulk.How(PRICE), workers=1)
