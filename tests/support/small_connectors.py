"""Small connectors in Python without libraries, as a command that `sellerspec mutate` runs."""

import shlex
import sys
from pathlib import Path

CLIENT = """\
import json, os, sys, urllib.request

def get(path, marketplace=""):
    url = os.environ["SELLERSPEC_URL" + marketplace] + path
    request = urllib.request.Request(url, headers={"tiki-api": os.environ["SELLERSPEC_TOKEN" + marketplace]})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return json.load(opener.open(request, timeout=5))

"""

CLEAN = "print([(one['warehouse_code'], one.get('name')) for one in get('/v1/warehouses')])\n"
LOUD = "for one in get('/v1/warehouses'): print(one['name'].upper())\n"
"""A mistake: the name may be null, or missing."""


def connector(folder: Path, body: str, name: str = "connector.py") -> list[str]:
    """Write a connector; return the words that run it."""
    path = folder / name
    path.write_text(CLIENT + body)
    return [sys.executable, str(path)]


def typed(words: list[str]) -> str:
    """Return the words as a report shows them."""
    return shlex.join(words)
