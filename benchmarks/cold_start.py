"""Claim: `sellerspec check one.json`, cold, takes at most half the time of check-jsonschema.

Whole processes in turn, medians, in a folder without settings; both tools start as installed,
with their byte code written by a first run that is not counted.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "tests" / "examples" / "tiki" / "createProduct" / "valid" / "documented-configurable.json"
ROUNDS = 15


def seconds(command: list[str], environment: dict[str, str], folder: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, env=environment, cwd=folder, capture_output=True, check=True)
    return time.perf_counter() - start


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        payload = Path(folder) / "one.json"
        payload.write_text(json.dumps(json.loads(EXAMPLE.read_bytes())))
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "bytecode")
        environment["SELLERSPEC_CACHE"] = str(Path(folder) / "cache")
        environment["PYTHONPATH"] = str(ROOT / "src")
        schema = str(ROOT / "schemas" / "tiki" / "product.json")
        commands = {
            "sellerspec": [
                sys.executable,
                "-m",
                "sellerspec",
                "check",
                str(payload),
                "--as",
                "tiki/createProduct",
            ],
            "check-jsonschema": [
                sys.executable,
                "-m",
                "check_jsonschema",
                "--schemafile",
                schema,
                str(payload),
            ],
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for counted in range(-1, ROUNDS):
            for name, command in commands.items():
                spent = seconds(command, environment, folder)
                if counted >= 0:
                    taken[name].append(spent)
    middle = {name: statistics.median(times) for name, times in taken.items()}
    ratio = middle["sellerspec"] / middle["check-jsonschema"]
    for name, seconds_ in middle.items():
        print(f"{name:<42} {seconds_ * 1000:8.0f} ms")
    verdict = "held" if ratio <= 0.5 else "NOT held"
    print(f"{'sellerspec / check-jsonschema':<42} {ratio:8.2f} x   <= 0.5 x   {verdict}")
    return 0 if ratio <= 0.5 else 1


if __name__ == "__main__":
    raise SystemExit(main())
