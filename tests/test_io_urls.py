"""URLs of any form: read in linear time, and what is no URL is a finding."""

from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from sellerspec import Exchange, check_exchange, contract
from sellerspec.cassettes import check_cassettes
from sellerspec.cassettes.files import Recorded
from sellerspec.cli import main
from sellerspec.errors import UnknownName
from sellerspec.io import hosts, urls
from support.cassette_files import call, tape

NO_URLS = ["http://[", "https://\u2100.com/x", "http://]/", "//[::1", "https://[a]b]/?q=1", "http://u:pw@[/x"]


@pytest.mark.parametrize("url", NO_URLS)
def test_E4_what_is_no_url_has_no_parts_and_no_host(url: str) -> None:
    assert not urls.readable(url)
    assert urls.split(url) == ("", "", "", "", "")
    assert hosts.host(url) == ""
    assert "pw" not in urls.address(url)
    with pytest.raises(UnknownName, match="no operation named `GET "):
        check_exchange(Exchange("GET", url, 200))


@pytest.mark.parametrize(
    "url", ["", "x", "/a?b=c", "http://[::1]:80/a", "https://é.vn/", "http://a/[x]", "\x00", "http:"]
)
def test_E4_a_url_or_a_part_of_one_can_be_read(url: str) -> None:
    assert urls.readable(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:pw@api.tiki.vn/a@b?c@d", "https://api.tiki.vn/a@b"),
        ("//user:p@w@host", "//host"),
        ("user:pw@host:80", "host:80"),
        ("https://a.vn/\x1b[31mx\n", "https://a.vn/?[31mx?"),
        ("https://a.vn/" + "x" * 200, "https://a.vn/" + "x" * 106 + "…"),
        ("http://[?token=x", "http://["),
    ],
)
def test_a_url_is_shown_without_user_and_query_on_one_short_line(url: str, shown: str) -> None:
    assert urls.address(url) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/v1/0912345678/x", "https://a.example/v1/***/x"),
        ("https://a.example/reset/eyJhbGciOi9JIUzI1NiJ9abc", "https://a.example/reset/***"),
        ("https://a.example/u/an@b.vn/of/an%40b.vn", "https://a.example/u/***/of/***"),
        ("https://a.example/x;jsessionid=AB12CD34?y=1", "https://a.example/x"),
        ("/v1/products/AO-THUN-1/updateSku", "/v1/products/AO-THUN-1/updateSku"),
        ("/integration/v2.1/orders/12345", "/integration/v2.1/orders/12345"),
    ],
)
def test_G7_a_message_shows_no_data_of_a_path(url: str, shown: str) -> None:
    assert urls.address(url) == shown


@pytest.mark.timeout(20)  # for quadratic work minutes are not enough
@pytest.mark.parametrize(
    "url",
    [
        "https://api.tiki.vn" + "/" * 200_000,
        "https://gateway.example" + "/a" * 200_000 + "/products",
        "https://" + "a@" * 200_000 + "/x",
        "a" * 400_000 + "@x",
        "https://api.tiki.vn/integration/v1/products?" + "&" * 200_000,
        "https://api.tiki.vn/integration/v1/products?" + "%" * 400_000,
        "https://" + "[" * 200_000,
    ],
)
def test_E4_a_long_url_takes_linear_time(url: str) -> None:
    with suppress(UnknownName):
        contract.find(Exchange("GET", url))
    assert len(urls.address(url)) <= 120
    hosts.host(url)


def test_E4_a_route_is_found_below_any_prefix() -> None:
    prefix = "https://gateway.example" + "/a" * 20_000
    assert (
        contract.find(Exchange("GET", f"{prefix}/v1/tracking/x"), marketplace="tiki").operation.key
        == "tiki/getTracking"
    )


@pytest.mark.parametrize("url", NO_URLS)
def test_E4_a_recorded_url_that_cannot_be_read_is_an_error_of_its_exchange(tmp_path: Path, url: str) -> None:
    path = tape(tmp_path, Recorded(Exchange("GET", url, 200)), call())
    reports = check_cassettes([path], secrets=False)
    assert [(finding.rule, finding.pointer) for finding in reports[0][1].errors] == [
        ("sellerspec.cassette-url", "/request/url")
    ]
    assert reports[0][1].errors[0].message == (
        f"the URL cannot be read, so the call is not judged: `{urls.address(url)}`"
    )
    assert reports[1][1].ok
    for command in (["check"], ["coverage"], ["doctor"], ["drift", str(path)], ["scrub", "--dry-run"]):
        done = CliRunner().invoke(main, ["cassettes", *command, str(path)])
        assert done.exit_code in (0, 1, 2)
        assert done.exception is None or isinstance(done.exception, SystemExit), command
        assert "traceback" not in done.output
