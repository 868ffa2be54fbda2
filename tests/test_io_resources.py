"""Specs and schemas are read from where they are, and parsed YAML is kept under the hash of its bytes."""

import json
import os
import re
from pathlib import Path
from stat import S_IMODE

import pytest

from sellerspec.errors import ParseError, SellerspecError
from sellerspec.io import copies, files, resources


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SELLERSPEC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "spec.yaml"
    path.write_text("a: [1, 2019-06-27]\n")
    return path


VALUE = {"a": [1, "2019-06-27"]}


def test_the_folders_hold_what_their_names_say() -> None:
    assert (resources.data_dir("openapi") / "tiki.yaml").is_file()
    assert (resources.data_dir("schemas") / "tiki" / "product.json").is_file()
    assert (resources.data_dir("tests/examples") / "tiki").is_dir()


def test_yaml_is_parsed_once_for_the_same_bytes(cache: Path, document: Path) -> None:
    assert resources.read_yaml(document) == VALUE
    (kept,) = cache.iterdir()
    assert json.loads(kept.read_bytes()) == VALUE
    kept.write_text('{"from": "the copy"}')
    assert resources.read_yaml(document) == {"from": "the copy"}
    document.write_text("a: 2\n")
    assert resources.read_yaml(document) == {"a": 2}
    assert len(list(cache.iterdir())) == 2


def test_a_broken_copy_is_not_believed(cache: Path, document: Path) -> None:
    resources.read_yaml(document)
    (kept,) = cache.iterdir()
    kept.write_text("{")
    assert resources.read_yaml(document) == VALUE
    assert json.loads(kept.read_bytes()) == VALUE


def test_without_a_place_for_copies_yaml_is_parsed_each_time(cache: Path, document: Path) -> None:
    cache.write_text("a file where the folder should be")
    assert resources.read_yaml(document) == VALUE
    assert cache.read_text() == "a file where the folder should be"


def test_copies_lie_below_the_cache_folder_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SELLERSPEC_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert copies.cache_dir() == tmp_path / "xdg" / "sellerspec"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert copies.cache_dir() == tmp_path / ".cache" / "sellerspec"


def test_a_file_that_cannot_be_read_is_named(cache: Path, tmp_path: Path) -> None:
    missing = tmp_path / "no.json"
    for read in (resources.read_json, resources.read_yaml, files.read_bytes):
        with pytest.raises(ParseError) as caught:
            read(missing)
        assert str(caught.value) == f"{missing}: no such file or directory"


def test_a_file_that_is_not_what_it_should_be_is_named_with_the_place(cache: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text('{"a": 1,\n "a": 2}')
    with pytest.raises(ParseError) as caught:
        resources.read_json(wrong)
    assert str(caught.value) == f"{wrong}:2:2: the member `a` is given twice"
    with pytest.raises(ParseError) as caught:
        resources.read_yaml(wrong)
    assert str(caught.value).startswith(f"{wrong}:2:2: ")


def test_an_installation_without_specs_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = tmp_path / "site" / "package" / "sellerspec"
    home.mkdir(parents=True)
    monkeypatch.setattr(resources, "__file__", str(home / "io" / "resources.py"))
    with pytest.raises(SellerspecError, match="the specs are missing from this installation"):
        resources.data_root.__wrapped__()
    (home / "_data").mkdir()
    assert resources.data_root.__wrapped__() == home / "_data"


def test_what_is_derived_is_kept_until_one_of_its_files_changes(cache: Path, document: Path) -> None:
    def derive() -> tuple[object, list[Path]]:
        return [document.read_text()], [document]

    assert copies.derived("text", derive) == ["a: [1, 2019-06-27]\n"]
    (kept,) = cache.iterdir()
    kept.write_text(kept.read_text().replace("2019", "1999"))
    assert copies.derived("text", derive) == ["a: [1, 1999-06-27]\n"]
    document.write_text("a: 2\n")
    assert copies.derived("text", derive) == ["a: 2\n"]
    kept.write_text("{")
    assert copies.derived("text", derive) == ["a: 2\n"]


def test_F9_a_copy_is_named_by_a_cryptographic_checksum_and_private(cache: Path, document: Path) -> None:
    resources.read_yaml(document)
    (kept,) = cache.iterdir()
    assert re.fullmatch(r"[0-9a-f]{64}\.json", kept.name)
    assert (S_IMODE(cache.stat().st_mode), S_IMODE(kept.stat().st_mode)) == (0o700, 0o600)


def test_F9_a_file_of_the_user_never_gets_the_copy_of_a_packaged_one(cache: Path, tmp_path: Path) -> None:
    packaged = resources.data_dir("openapi") / "tnsl.yaml"
    value = resources.read_yaml(packaged)
    own = tmp_path / "tnsl.yaml"
    own.write_bytes(packaged.read_bytes())
    assert resources.read_yaml(own) == value
    ours, theirs = cache.iterdir()
    assert ours.read_bytes() == theirs.read_bytes()
    for copy in (ours, theirs):
        copy.write_text("{}")
    assert (resources.read_yaml(packaged), resources.read_yaml(own)) == ({}, {})


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_F9_a_folder_that_others_may_write_to_is_not_used(cache: Path, document: Path) -> None:
    resources.read_yaml(document)
    (kept,) = cache.iterdir()
    kept.write_text('{"from": "somebody else"}')
    cache.chmod(0o777)
    assert resources.read_yaml(document) == VALUE
    document.write_text("a: 2\n")
    resources.read_yaml(document)
    assert list(cache.iterdir()) == [kept]
