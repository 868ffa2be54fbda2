"""`check --images` and `--fetch-images`: pictures that are really made, in folders."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Literal
from unicodedata import normalize
from urllib.parse import quote

import pytest
from PIL import Image

import sellerspec
from sellerspec.io.pictures import inspecting, local
from sellerspec.io.pictures.inspecting import Inspector
from sellerspec.marketplaces.html_pictures import sources
from support.command_line import run
from support.examples import ROOT
from support.made_pictures import PRODUCT, animated, found, made, payload, png_of, with_comment

FILES: dict[str, tuple[bytes, str]] = {
    "small.jpg": (made(499, 800), "images-size"),
    "low.png": (made(500, 499, "PNG"), "images-size"),
    "empty.jpg": (b"", "picture-readable"),
    "page.jpg": (b"<!DOCTYPE html><html><body>404", "picture-readable"),
    "cut.jpg": (made(color="cyan")[:2000], "picture-readable"),
    "cut.png": (made(kind="PNG")[:300], "picture-readable"),
    "no-end.png": (made(kind="PNG")[:-12], "picture-readable"),
    "text.png": (b'{"error": 1}', "picture-readable"),
    "bomb.png": (png_of(60_000, 60_000), "picture-readable"),
    "bomb2.png": (png_of(7_500, 7_500, bytes(7_501 * 7_500)), "picture-readable"),
    "junk.png": (png_of(600, 600, b"abc"), "picture-readable"),
    "moves.gif": (animated("GIF"), "picture-format"),
    "moves.png": (animated("PNG"), "picture-format"),
    "webp.webp": (made(kind="WEBP"), "picture-format"),
    "really-png.jpg": (made(kind="PNG"), "picture-format"),
    "tail.jpg": (made() + b"PK\x03\x04 an archive", "picture-alone"),
    "tail.png": (made(kind="PNG") + b"<script>alert(1)</script>", "picture-alone"),
    "comment.jpg": (with_comment(made(), b"<?php system(1); ?>"), "picture-alone"),
}


@pytest.mark.parametrize("name", FILES)
def test_each_kind_of_wrong_picture_is_found_and_none_other(name: str, tmp_path: Path) -> None:
    data, rule = FILES[name]
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.png").write_bytes(made(500, 500, "PNG", "white"))
    file = payload(tmp_path, "https://img.example/a/good.png", f"https://img.example/a/{name}?v=1")
    assert found("--images", tmp_path, file) == {rule: ["/images/0"]}


@pytest.mark.parametrize("data", [made(), made(progressive=True), made(kind="PNG"), made() + bytes(512),
                                  with_comment(made(), b"Th\xe1\xbb\xa3 ch\xe1\xbb\xa5p"),
                                  made() + made(160, 120)], ids=range(6))  # fmt: skip
def test_a_plain_picture_has_no_finding(data: bytes, tmp_path: Path) -> None:
    name = "a.png" if data[:1] == b"\x89" else "a.jpg"
    (tmp_path / name).write_bytes(data)
    assert found("--images", tmp_path, payload(tmp_path, f"https://img.example/{name}")) == {
        "images-none": ["/images"]
    }


def test_pointers_name_the_member_itself_and_a_description_is_read_as_html(tmp_path: Path) -> None:
    (tmp_path / "good.jpg").write_bytes(made())
    (tmp_path / "wide.jpg").write_bytes(made(701, 40))
    (tmp_path / "fits.jpg").write_bytes(made(700, 40))
    (tmp_path / "small.jpg").write_bytes(made(10, 10))
    variants = [{**PRODUCT["variants"][0], "image": "https://img.example/small.jpg"}, PRODUCT["variants"][1]]
    html = "<p>a<IMG alt='<img src=no>' SRC = 'https://img.example/wide.jpg?a=1&amp;b=2'>" \
           "<img src=https://img.example/fits.jpg><!-- <img src=https://img.example/no.jpg> -->"  # fmt: skip
    file = payload(tmp_path, "https://img.example/good.jpg", "https://img.example/small.jpg",
                   description=html, variants=variants)  # fmt: skip
    assert found("--images", tmp_path, file) == {
        "images-size": ["/images/0", "/variants/0/image"],
        "description-images-size": ["/description"],
    }
    done = run("check", "--as", "tiki/createProduct", "--images", tmp_path, "--format", "sarif", file)
    assert "tiki.images-size" in done.stdout
    assert "at least 500 x 500 pixels, got 10 x 10" in done.stdout


def test_the_same_picture_under_two_addresses(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(made(kind="PNG"))
    (tmp_path / "b.png").write_bytes(made(kind="PNG"))
    (tmp_path / "c.png").write_bytes(made(kind="PNG", compress_level=0))
    (tmp_path / "d.png").write_bytes(made(kind="PNG", color="blue"))
    for name, level in (("e", 20_000), ("f", 40_000)):
        Image.new("I;16", (600, 600), level).save(tmp_path / f"{name}.png")
    addresses = [f"https://img.example/{name}.png" for name in "abcdef"]
    assert found("--images", tmp_path, payload(tmp_path, *addresses)) == {
        "picture-once": ["/images/0", "/images/1"]
    }


def test_variants_may_share_a_picture_but_not_repeat_the_one_that_they_inherit(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.png").write_bytes(made(kind="PNG"))
    (tmp_path / "d.png").write_bytes(made(kind="PNG", color="blue"))
    a, b, c, d = (f"https://img.example/{name}.png" for name in "abcd")
    own = [{"image": b}, {"image": c}]
    first = {name: value for name, value in PRODUCT["variants"][0].items() if name != "option2"}
    variants = [{**first, "sku": f"s{n}", "option1": f"{n}-cm", **images} for n, images in enumerate(own)]
    file = payload(tmp_path, a, d, variants=variants, option_attributes=["size"])
    assert "picture-once" not in found("--images", tmp_path, file)
    file = payload(tmp_path, d, a, variants=variants, option_attributes=["size"])
    arguments = ("check", "--as", "tiki/createProduct", "--quiet", "--images", str(tmp_path), file)
    repeated = [line for line in run(*arguments).stdout.splitlines() if "picture-once" in line]
    assert ["/variants/0/image" in repeated[0], "/variants/1/image" in repeated[1]] == [True, True]
    assert "got one with the same file as `images[0]` of the product" in repeated[0]


def test_paths_in_a_payload_are_files_beside_it_and_devices_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(made())
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "folder.jpg").mkdir()
    file = payload(tmp_path, "a.jpg", "pipe.jpg", "loop.jpg", "folder.jpg", "/dev/zero", "none.jpg", "a\0b",
                   "http://[")  # fmt: skip
    result = found(file, "--images")
    assert result["picture-readable"] == ["/images/0", "/images/1", "/images/2", "/images/3"]
    assert result["picture-reachable"] == ["/images/4", "/images/5"]


def test_a_picture_that_is_not_judged_is_said_and_leaves_its_rules_unchecked(tmp_path: Path) -> None:
    done = run("check", "--as", "tiki/createProduct", "--images", "--format", "json",
               payload(tmp_path, "https://img.example/a.jpg"))  # fmt: skip
    report = json.loads(done.stdout)["reports"][0]
    assert "tiki.images-size" in report["unchecked"]
    assert "not judged: the picture https://img.example/a.jpg: not fetched" in done.stderr


@pytest.mark.parametrize(("args", "message"), [
    (("--images", "--as", "tiki/updateSku", "{one}"), "nothing is known about pictures"),
    (("--images=none", "{one}"), "--images: there is no folder `none`"),
    (("--images-allow-private", "{one}"), "used with `--fetch-images`"),
    (("--images", "{all}", "--as", "tiki/createProduct"), "not for catalogues"),
])  # fmt: skip
def test_a_call_that_cannot_look_at_pictures_is_exit_2(
    args: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    (tmp_path / "all.jsonl").write_text("{}\n")
    names = {"one": payload(tmp_path, "a.jpg"), "all": str(tmp_path / "all.jsonl")}
    done = run("check", *(arg.format(**names) for arg in args))
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_file_of_the_system_that_has_nothing_to_say_is_not_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()  # read without waiting, as `/proc/kmsg` is: Python gives None
    os.set_blocking(reading, False)
    (tmp_path / "a.jpg").write_bytes(b"x")
    status = os.stat(tmp_path / "a.jpg")
    monkeypatch.setattr("os.open", lambda path, flags: reading)
    monkeypatch.setattr("os.fstat", lambda descriptor: status)
    try:
        assert local.read(tmp_path / "a.jpg") == {"unjudged": "it has no content that can be read"}
    finally:
        os.close(writing)


def test_without_the_option_nothing_is_opened_and_pillow_is_not_loaded(tmp_path: Path) -> None:
    file = payload(tmp_path, "/dev/zero", "http://127.0.0.1:1/a.jpg")
    code = f"import sys; sys.argv = ['sellerspec', 'check', {file!r}, '--as', 'tiki/createProduct']"
    code += "; import atexit; atexit.register(lambda: print(*sys.modules))"
    code += "; from sellerspec.cli import main; main(standalone_mode=False)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = done.stdout.split()
    assert not {"PIL", "sellerspec.io.pictures", "html.parser", "ssl"} & set(modules)


def test_a_missing_pillow_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    done = run("check", "--images", "--as", "tiki/createProduct", payload(tmp_path, "a.jpg"))
    assert done.exit_code == 2
    assert "pip install 'sellerspec[images]'" in done.stderr


def test_a_process_that_does_not_start_is_started_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspecting, "START_SECONDS", 0.0)
    inspector = Inspector()
    assert "did not start" in inspector.entry(made())["unjudged"]
    monkeypatch.undo()
    assert "did not start" in inspector.entry(made())["unjudged"]


def test_a_process_that_dies_is_a_finding_one_that_hangs_is_none_and_the_next_picture_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inspector = Inspector()
    try:
        assert inspector.entry(made())["width"] == 600
        assert inspector._process is not None
        os.kill(inspector._process.pid or 0, 19)  # SIGSTOP: it neither reads nor answers
        with monkeypatch.context() as soon:
            soon.setattr(inspecting, "WALL_SECONDS", 1.0)
            assert inspector.entry(made())["unjudged"].startswith("it was not opened within")
        assert inspector.entry(made())["height"] == 600
        os.kill(inspector._process.pid or 0, signal.SIGXCPU)
        assert "broken" in inspector.entry(made())
        assert inspector.entry(made())["height"] == 600
    finally:
        inspector.close()


def test_exif_turns_a_picture(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    inspector = Inspector()
    try:
        entry = inspector.entry(made(600, 800, exif=exif))
    finally:
        inspector.close()
    assert (entry["width"], entry["height"]) == (800, 600)


@pytest.mark.parametrize(("html", "addresses"), [
    ("", []), ("<img>", []), ("<img src>", []), ("<![x <img src=a>", []),
    ("<img src=' a '><img src=a>", ["a"]),
    ("<svg><image href=x></svg><picture><img src=b></picture>", ["b"]), ("<" * 1000, []),
    ("<script><img src=x></script><img src=c />", ["c"]), ("<![x <img src=a> <img src=b>", ["b"]),
    ("<!--><IMG\nSRC = 'a&amp;b'>--><!-- <img src=c> --><?<img src=d><image src=e>", ["a&b", "e"]),
    ('<img srcset="a,b 2x, c(1,2).jpg 3x,, d"><source srcset="e, f 1x"', ["a,b", "c(1,2).jpg", "d"]),
    ("<img src='&#" + "9" * 5000 + ";a'><img src=b>", ["\ufffda", "b"]),
    ("<p title='<img src=a>'>1 < 2 </img src=b></p><img a/src=c src=d>", ["c"]),
])  # fmt: skip
def test_html_is_read_by_a_parser(html: str, addresses: list[str]) -> None:
    assert sources(html) == addresses


PARTS = ("<a ", "<a/", "<!--", "<img ", "<img src='", "<a'", "</", "<![", "<script>", "<img srcset='", ", ",
         "a (,", "<a =", "<title></title ")  # fmt: skip


@pytest.mark.timeout(60)  # a reader that begins again at each tag takes minutes for this length
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("before", ["", "<a ", "<img srcset='"])
def test_F8_a_description_is_read_in_linear_time(before: str, part: str) -> None:
    sources(before + part * ((1 << 18) // len(part)))


def test_names_of_files_never_leave_the_folder(tmp_path: Path) -> None:
    for address in ("https://h/..", "https://h/%2e%2e", "https://h/a%00", "https://h/", "https://h/..%5ca"):
        assert local.of_address(address, tmp_path) is None


@pytest.mark.parametrize(("written", "named"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_a_name_with_accents_is_found_in_either_form(
    written: Literal["NFC", "NFD"], named: Literal["NFC", "NFD"], tmp_path: Path
) -> None:
    path = tmp_path / normalize(written, "\u1ea3nh.jpg")
    path.write_bytes(made())
    address = f"https://h/{quote(normalize(named, path.name))}"
    found_at = local.of_address(address, tmp_path)
    assert found_at is not None
    assert found_at.samefile(path)


def test_facts_of_another_form_are_said() -> None:
    report = sellerspec.check("tiki/createProduct", PRODUCT, facts=sellerspec.Facts(pictures=[1]))
    assert "the fact `pictures` must be an object" in report.findings[0].message


def test_the_open_api_has_the_same_rules(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(made(40, 40))
    file = tmp_path / "product.json"
    example = ROOT / "tiki-v2/createProductRequest/valid/tiki-v2.images-size.json"
    file.write_text(example.read_text())
    done = run(
        "check", "--as", "tiki-v2/createProductRequest", "--images", tmp_path, "--format", "json", file
    )
    report = json.loads(done.stdout)["reports"][0]
    assert [(finding["rule"], finding["pointer"]) for finding in report["findings"]] == [
        ("tiki-v2.images-size", "/images/0")
    ]
    assert "tiki-v2.picture-once" in report["unchecked"]


def test_both_generations_share_the_texts() -> None:
    old = {rule.id.partition(".")[2]: rule for rule in sellerspec.rules("tiki") if "pictures" in rule.needs}
    new = {
        rule.id.partition(".")[2]: rule for rule in sellerspec.rules("tiki-v2") if "pictures" in rule.needs
    }
    assert old.keys() == new.keys()
    assert all(rule.check is new[name].check for name, rule in old.items())


def test_a_description_that_is_not_searched_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(made())
    file = payload(tmp_path, "https://img.example/a.jpg", description="<p>" + "x" * (1 << 18))
    done = run("check", "--as", "tiki/createProduct", "--images", tmp_path, "--format", "json", file)
    assert (
        "note: not judged: the pictures in `description`: it is longer than 262,144 characters" in done.stderr
    )
    assert "tiki.picture-once" in json.loads(done.stdout)["reports"][0]["unchecked"]
