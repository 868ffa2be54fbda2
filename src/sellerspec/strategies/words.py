"""Realistic values: names, addresses and prices as sellers write them. All invented."""

import random
from typing import Protocol

from sellerspec.model import Json


class Choice(Protocol):
    """A source of decisions: a seeded random generator, or hypothesis drawing."""

    def below(self, limit: int) -> int:
        """Return an integer from 0 to `limit` - 1; 0 is the simplest choice."""


class Seeded:
    """Choices of a seeded generator: the same seed makes the same choices."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - no secret depends on it

    def below(self, limit: int) -> int:
        """Return an integer from 0 to `limit` - 1."""
        return self._random.randrange(limit)


PRODUCTS = (
    "Ao thun",
    "Áo thun cổ tròn nam",
    "Bình giữ nhiệt 500 ml",
    "Nồi cơm điện 1,8 lít",
    "Dép lê đế êm",
    "Sách tô màu cho bé",
    "Kopi bubuk Gayo 250 g",
    "Kemeja batik lengan panjang",
    "Teh melati celup",
    "Sandal jepit anak",
    "Đèn bàn học chống cận",
    "Khăn choàng lụa tơ tằm",
)
TEXTS = (
    "text",
    "Hàng mới, bảo hành 12 tháng",
    "Giao trong 2 ngày",
    "Chất liệu: vải bông",
    "Barang baru, garansi resmi",
    "Warna sesuai foto",
    "Đổi trả trong 7 ngày",
    "Kèm hộp & túi giấy",
)
PERSONS = ("Bịa Thị Một", "Bịa Văn Hai", "Rekaan Satu", "Rekaan Dua", "Nguyễn Thị Bịa", "Budi Rekaan")
STREETS = ("1 Đường Bịa", "27 Ngõ Bịa", "Jalan Rekaan 5", "Jalan Contoh 12 Blok B")
OPTIONS = ("S", "M", "L", "Đỏ", "Xanh", "Trắng kem", "Merah", "Biru")
PRICES = (1000, 25000, 99000, 199000, 1250000, 12500000)
CODES = ("A1", "AO-DEN-M", "SKU-0001", "KEMEJA.BATIK_02", "binh-500ml")

_BY_NAME: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("sku", "ref", "code", "number"), CODES),
    (("full_name", "contact", "buyer", "recipient"), PERSONS),
    (("street", "address"), STREETS),
    (("option",), OPTIONS),
    (("name", "title"), PRODUCTS),
    (("url", "image", "link"), tuple(f"https://images.seller.example/{name}.jpg" for name in "abcdef")),
    (("phone",), ("0000000000", "0000000001", "0000000002")),
    (("mail",), ("nguoi.bia@buyer.example", "rekaan@buyer.example")),
)


def text(choice: Choice, name: str) -> str:
    """Return a text that a member of this name may hold."""
    for parts, words in _BY_NAME:
        if any(part in name for part in parts):
            chosen = words[choice.below(len(words))]
            # codes and options often have to be unique within a payload
            end = choice.below(50) if words in (CODES, OPTIONS) else 0
            return f"{chosen}-{end}" if end else chosen
    return TEXTS[choice.below(len(TEXTS))]


def integer(choice: Choice, name: str) -> int:
    """Return an integer that a member of this name may hold."""
    if any(part in name for part in ("price", "amount", "receivable", "cost", "total")):
        return PRICES[choice.below(len(PRICES))] + choice.below(10) * 500
    return (1, 0, 2, 3, 10, 99, 1000)[choice.below(7)]


def like(choice: Choice, name: str, present: Json) -> Json:
    """Return another value of the same type; a list, an object and null stay as they are."""
    if isinstance(present, bool):
        return not present
    if isinstance(present, int):
        return integer(choice, name)
    if isinstance(present, float):
        return integer(choice, name) + choice.below(4) / 4
    if isinstance(present, str):
        return digits(choice, present) if present[:1].isdigit() else text(choice, name)
    return present


def digits(choice: Choice, present: str) -> str:
    """Return a text with one digit changed: a date stays a date, a code stays a code."""
    places = [index for index, character in enumerate(present) if "0" <= character <= "9"]
    if not places:
        return present
    # the last digits first: they change a code or a date the least
    place = places[-1 - choice.below(len(places))]
    return f"{present[:place]}{choice.below(10)}{present[place + 1 :]}"
