"""One cassette for one test, named so that a person finds it."""

from pathlib import Path

import pytest

from sellerspec.cassettes import files
from support.cassette_files import call, tape
from support.plugin_runs import prepare, run

pytest_plugins = ["pytester"]

RECORDS = """
    import httpx, pytest

    @pytest.fixture
    def get(sellerspec_vcr, sellerspec_sandbox, request):
        def got(number):
            box = sellerspec_sandbox("tiki")
            with sellerspec_vcr("tiki"):
                page = {"page": number}
                httpx.get(box.url + "/v1/orders", params=page, headers=box.headers, trust_env=False)
        return got
"""
TESTS = """
    import pytest

    class TestOne:
        def test_it(self, get): get({first})

    class TestTwo:
        def test_it(self, get): get({first} + 1)

        class TestInner:
            def test_it(self, get): get({first} + 2)

    def test_it(get): get({first} + 3)

    @pytest.mark.parametrize("number", [4, 5, 6, 7], ids=["a/b", "a:b", "a-b", "x" * 300])
    def test_case(get, number): get({first} + number)
"""


@pytest.fixture(autouse=True)
def _alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(pytester, monkeypatch)


def pages(folder: Path) -> dict[str, list[int]]:
    """Return the pages that each cassette has asked for."""
    return {
        file.relative_to(folder).as_posix(): [
            int(recorded.exchange.url.rpartition("=")[2]) for recorded in files.read(file).exchanges
        ]
        for file in files.find([folder])
    }


def write(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(RECORDS)
    for number, folder in enumerate(("a", "b")):
        package = pytester.mkpydir(folder)
        text = "\n".join(line.removeprefix("    ") for line in TESTS.splitlines())
        (package / "test_same.py").write_text(text.replace("{first}", str(1 + 10 * number)))


def test_A12_each_test_has_a_cassette_of_its_own(pytester: pytest.Pytester) -> None:
    write(pytester)
    run(pytester, "--sellerspec-record=once").assert_outcomes(passed=16)
    recorded = pages(pytester.path / "cassettes")
    assert recorded["a/test_same/TestOne.test_it.yaml"] == [1]
    assert recorded["a/test_same/TestTwo.test_it.yaml"] == [2]
    assert recorded["a/test_same/TestTwo.TestInner.test_it.yaml"] == [3]
    assert recorded["b/test_same/test_it.yaml"] == [14]
    assert recorded["b/test_same/test_case-a-b-.yaml"] == [17]
    (long,) = [name for name in recorded if name.startswith("a/test_same/test_case-xxx")]
    assert len(long) < 140
    alike = sorted(
        pages_ for name, pages_ in recorded.items() if name.startswith("a/test_same/test_case-a-b-")
    )
    assert alike == [[5], [6], [7]]
    assert len(recorded) == 16
    run(pytester, "--sellerspec-record=none").assert_outcomes(passed=16)
    assert pages(pytester.path / "cassettes") == recorded


def test_A12_a_cassette_of_an_earlier_version_is_played_if_it_is_of_one_test(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeconftest(RECORDS)
    pytester.mkpydir("unit").joinpath("test_old.py").write_text("def test_it(get): get(1)\n")
    (pytester.path / "cassettes" / "test_old").mkdir(parents=True)
    orders = call("GET", "/orders?page=1", None, 200, {"data": [], "paging": {}}, "http://127.0.0.1/v1")
    tape(pytester.path / "cassettes" / "test_old", orders, name="test_it.yaml")
    run(pytester, "--sellerspec-record=none").assert_outcomes(passed=1)
    pytester.mkpydir("other").joinpath("test_old.py").write_text("def test_it(get): get(1)\n")
    run(pytester).assert_outcomes(failed=2)  # neither of two tests takes the one that is of both
    run(pytester, "--sellerspec-record=all").assert_outcomes(passed=2)
    assert set(pages(pytester.path / "cassettes")) == {
        "other/test_old/test_it.yaml", "test_old/test_it.yaml", "unit/test_old/test_it.yaml",
    }  # fmt: skip


@pytest.mark.no_cover
def test_H1_workers_of_xdist_that_record_into_one_cassette_keep_every_exchange(
    pytester: pytest.Pytester,
) -> None:
    pytest.importorskip("xdist")
    pytester.makepyfile(
        """
        import httpx, pytest

        @pytest.mark.parametrize("number", range(1, 13))
        def test_it(sellerspec_vcr, sellerspec_sandbox, number):
            box = sellerspec_sandbox("tiki")
            with sellerspec_vcr("tiki", name="shared"):
                page = {"page": number}
                httpx.get(box.url + "/v1/orders", params=page, headers=box.headers, trust_env=False)
        """
    )
    arguments = ("-p", "xdist.plugin", "-n", "4", "--sellerspec-record=new_episodes")
    run(pytester, *arguments, subprocess=True).assert_outcomes(passed=12)
    assert sorted(pages(pytester.path / "cassettes")["shared.yaml"]) == list(range(1, 13))
