"""Chunks hold complete lines, every line once and with its number, wherever the blocks of a file end."""

import gzip
from pathlib import Path

import pytest

from sellerspec.bulk.content import texts
from sellerspec.bulk.reading import chunks
from sellerspec.errors import ParseError

LINES = [b'{"a": 1}', b"", b"x" * 50, b"[]", b'{"b": "long"}']


@pytest.mark.parametrize("size", [1, 4, 9, 64, 1000])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_chunks_hold_each_line_once_with_its_number(size: int, end: bytes, tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz"
    plain.write_bytes(b"\n".join(LINES) + end)
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    for path in (plain, packed):
        cut = list(chunks([str(path)], size=size))
        assert [line for chunk in cut for line in texts(chunk)] == LINES
        assert [chunk.number for chunk in cut] == list(range(len(cut)))
        before = 0
        for chunk in cut:
            assert chunk.first == (before + 1 if chunk.numbered else 1)
            before += len(list(texts(chunk)))


def test_items_of_an_array_are_cut_into_chunks_too(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"[" + b",".join([b"[1,2]"] * 10) + b"]")
    cut = list(chunks([str(path)], size=16))
    assert [chunk.first for chunk in cut] == [1, 4, 7, 10]
    assert [chunk.number for chunk in cut] == [0, 1, 2, 3]


def test_a_file_that_became_shorter_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"[]\n[]\n")
    (chunk,) = chunks([str(path)])
    path.write_bytes(b"[]\n")
    with pytest.raises(ParseError, match="became shorter"):
        list(texts(chunk))
