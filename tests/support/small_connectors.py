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
PUSHING = """\
from http.client import HTTPException
PRODUCT = {"category_id": 1846, "name": "Laptop", "description": "A laptop",
    "image": "https://shop.example/1.png",
    "images": ["https://shop.example/2.png"], "option_attributes": [],
    "attributes": {"ram": "8GB", "brand": "X"},
    "variants": [{"sku": "L-1", "price": 20000, "quantity": 2, "inventory_type": "backorder",
                  "supplier": 239091}]}

def post(path, body):
    token = os.environ["SELLERSPEC_TOKEN"]
    headers = {"tiki-api": token, "content-type": "application/json"}
    url = os.environ["SELLERSPEC_URL"] + path
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    return json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=1))

try:
    post("/v1/products", PRODUCT)
except (OSError, HTTPException):
    post("/v1/products", PRODUCT)
"""
"""A mistake: a product whose response did not arrive is pushed again."""

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
