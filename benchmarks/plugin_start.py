"""The plugin, unused, adds at most 5 ms to the start of pytest.

Each run is a whole process that collects one empty test file: pytest alone, with our plugin, and,
where it is installed, with pytest-recording. The runs take turns; the quietest of each counts, in
seconds of processor time, which other work on the machine disturbs less than the clock. As in any
project, byte code is kept: the first runs write it.
"""

import os
import resource
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

BUDGET = 0.005
ROUNDS = 25
SRC = Path(__file__).parent.parent / "src"


def start(folder: str, *plugins: str) -> float:
    loaded = [part for each in plugins for part in ("-p", each)]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(SRC)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = f"{folder}/bytecode"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pytest", "-q", *loaded, folder]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    runs = {"pytest alone": (), "with sellerspec": ("pytest_sellerspec",)}
    if find_spec("pytest_recording"):
        runs["with pytest-recording"] = ("pytest_recording.plugin",)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_empty.py").write_text("def test_it(): pass\n")
        times: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(ROUNDS):
            for name, plugins in runs.items():
                times[name].append(start(folder, *plugins))
    alone = min(times["pytest alone"])
    for name, found in times.items():
        print(f"{name:24}{min(found) * 1000:8.1f} ms   {(min(found) - alone) * 1000:+6.1f} ms")
    added = min(times["with sellerspec"]) - alone
    print(f"sellerspec adds {added * 1000:.1f} ms (budget 5)")
    return 0 if added <= BUDGET else 1


if __name__ == "__main__":
    raise SystemExit(main())
