"""New books: checked before they are sent, and followed until Tiki has decided."""

from typing import Any

import sellerspec
from connector.calls import Calls
from connector.errors import MarketplaceError
from connector.shop import Book, Review
from connector.tiki import CATEGORY, LOOK_AGAIN, LOOKS, REVIEWED
from connector.tiki_v2.orders import MAIN

TRACKING = "/integration/v2/tracking"
ALWAYS = {
    "brand": "No Brand",
    "origin": "Việt Nam",
    "bulky": 0,
    "product_width": 14,
    "product_length": 20,
    "product_height": 2,
    "product_weight_kg": 0.3,
}
"""Attributes that each book of the shop has; sizes are those of the parcel, in centimetres."""


class Products:
    """The requests for new products."""

    def __init__(self, calls: Calls, facts: sellerspec.Facts | None) -> None:
        """Call Tiki with `calls`; `facts` are those of the category."""
        self.calls = calls
        self.facts = facts

    def push(self, book: Book) -> str:
        """Offer a book for sale; return the tracking id of the request."""
        body = product(book)
        report = sellerspec.check("tiki-v2/createProductRequest", body, facts=self.facts)
        if not report.ok:
            raise MarketplaceError(f"{book.code} is not sent: {report.to_text()}")
        # Tiki does not say which request is about which book, so the new one is that of the book
        before = self.calls.get(track_ids, TRACKING)

        def taken() -> str | None:
            after = self.calls.get(track_ids, TRACKING)
            if before is None or after is None:
                raise MarketplaceError(f"nobody knows whether the request for {book.code} was taken")
            return next((id for id in after if id not in before), None)

        return self.calls.post(track_id, "/integration/v2.1/requests", body, taken)

    def review(self, id: str) -> Review:
        """Return where a request stands as soon as Tiki has decided, or after the last look."""
        for _ in range(LOOKS):
            seen = self.calls.get(review, f"{TRACKING}/{id}")
            if seen.state in REVIEWED:
                break
            self.calls.sleep(LOOK_AGAIN)
        return seen

    def numbers(self, track_id: str) -> dict[str, int]:
        """Return the products of an approved request: the shop's code -> Tiki's number."""
        return self.calls.get(numbers, "/integration/v2/requests/findBy", {"track_id": track_id})


def product(book: Book) -> dict[str, Any]:
    """Return the payload of createProductRequest: one variant for each cover."""
    return {
        "category_id": CATEGORY,
        "name": book.title,
        "description": book.text,
        "market_price": book.price,
        "attributes": {"author": [book.author], **ALWAYS},
        "image": book.pictures[0],
        "images": list(book.pictures[1:]),
        "option_attributes": ["book_cover"],
        "variants": [
            {
                "sku": f"{book.code}-{cover}",
                "price": book.price,
                "option1": cover,
                "inventory_type": "dropship",
                "seller_warehouse": str(MAIN),
                "warehouse_stocks": [{"warehouseId": MAIN, "qtyAvailable": stock}],
            }
            for cover, stock in book.covers.items()
        ],
        "meta_data": {"is_auto_turn_on": True},
    }


def track_id(raw: Any) -> str:
    """Return the tracking id of a request."""
    return raw["track_id"]


def track_ids(raw: Any) -> set[str] | None:
    """Return the tracking ids of the latest requests, if Tiki lists them; no source is sure of the form."""
    listed = raw.get("data")
    ids = None if listed is None else {one.get("track_id") for one in listed}
    return None if ids is None or None in ids else ids


def review(raw: Any) -> Review:
    """Return where a request stands."""
    return Review(raw["state"], raw.get("reason") or "")


def numbers(raw: Any) -> dict[str, int]:
    """Return the numbers of the products of a request by the shop's codes; either may be missing."""
    made = raw.get("products") or ()
    return {
        one["original_sku"]: one["product_id"]
        for one in made
        if one.get("original_sku") and one.get("product_id")
    }
