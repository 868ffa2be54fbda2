"""The plugin, unused, adds at most 5 ms to the start of pytest.

pytest starts again and again in one process, on one empty test file: alone, with our plugin, and,
where it is installed, with pytest-recording, whose modules are imported anew each time. The runs
take turns; the quietest of each counts. A start is short enough to fall between two moments at
which the machine does something else, which a whole process is not. As in any project, byte code is
kept: the first run writes it. Plugins are handed over as modules: `-p NAME` makes pytest look through
all that is installed once more for each, which is no plugin's doing.
"""

import io
import os
import sys
import tempfile
import time
from contextlib import redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

BUDGET = 0.005
ROUNDS = 100


def start(folder: str, *plugins: str) -> float:
    ours = {plugin.partition(".")[0] for plugin in plugins}
    for name in [module for module in sys.modules if module.partition(".")[0] in ours]:
        del sys.modules[name]
    begun = time.perf_counter()
    with redirect_stdout(io.StringIO()):
        modules = [import_module(plugin) for plugin in plugins]
        status = pytest.main(["-q", "-p", "no:cacheprovider", "--rootdir", folder, folder], plugins=modules)
    took = time.perf_counter() - begun
    assert status == 0, f"{plugins}: {status!r}"
    return took


def main() -> int:
    runs = {"pytest alone": (), "with sellerspec": ("pytest_sellerspec",)}
    if find_spec("pytest_recording"):
        runs["with pytest-recording"] = ("pytest_recording.plugin",)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = False
    with tempfile.TemporaryDirectory() as scratch:
        sys.pycache_prefix = f"{scratch}/bytecode"
        folder = f"{scratch}/tests"
        Path(folder).mkdir()
        (Path(folder) / "test_empty.py").write_text("def test_it(): pass\n")
        times: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(ROUNDS):
            for name, plugins in runs.items():
                times[name].append(start(folder, *plugins))
    alone = min(times["pytest alone"])
    for name, seconds in times.items():
        print(f"{name:24}{min(seconds) * 1000:8.1f} ms   {(min(seconds) - alone) * 1000:+6.1f} ms")
    added = min(times["with sellerspec"]) - alone
    print(f"sellerspec adds {added * 1000:.1f} ms (budget 5)")
    return 0 if added <= BUDGET else 1


if __name__ == "__main__":
    raise SystemExit(main())
