"""Split a JSON array into its items without holding the array in memory."""

import re
from collections.abc import Iterable, Iterator

from sellerspec.errors import ParseError
from sellerspec.io.strict import MAX_BYTES

MAX_ITEM = MAX_BYTES
"""Most bytes of one line or item."""

# up to the next bracket outside strings; possessive, so that no text makes it slow
_NEXT = re.compile(rb'[^"\[\]{}]*+(?:"(?:[^"\\]++|\\.)*+"[^"\[\]{}]*+)*+[\[\]{}]', re.DOTALL)
_COMMA = re.compile(rb'[^",\[\]{}]*+(?:"(?:[^"\\]++|\\.)*+"[^",\[\]{}]*+)*+[,\[\]{}]', re.DOTALL)


def items(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of each item of an array that is read in blocks, with the blanks around it.

    The text between two commas is an item, whether it is JSON or not. One item is in memory at a time.

    Raises:
        ParseError: it is not an array, has no end, or an item has more than `MAX_ITEM` bytes.
    """
    source = iter(blocks)
    held = _opened(source)
    at = start = count = 0
    depth = 1
    while True:
        # outside an item the next comma or bracket counts, inside only the next bracket
        sign = (_COMMA if depth <= 1 else _NEXT).match(held, at)
        if sign is None:
            # as much again as is held, so that a long item is not searched again for each block
            more = b"".join(_at_least(len(held) - start, source))
            if not more:
                raise ParseError(f"the array ends in its item {count + 1}")
            held = held[start:] + more
            at -= start
            start = 0
            if len(held) > MAX_ITEM + len(more):
                raise ParseError(f"more than {MAX_ITEM} bytes in one item")
            continue
        at = sign.end()
        char = held[at - 1]
        if char in b"[{":
            depth += 1
        elif char in b"]}" and depth > 1:
            depth -= 1
        elif char in b",]":
            item = held[start : at - 1]
            start = at
            if char == 0x2C or count or item.strip():
                count += 1
                yield item
            if char == 0x5D:
                return _ended(held[at:], source)
        else:
            raise ParseError(f"a closing bracket without an opening one, after item {count}")


def _opened(source: Iterator[bytes]) -> bytes:
    """Return what a block has after the bracket that opens the array."""
    text = next((text for block in source if (text := block.lstrip())), b"")
    if not text.startswith(b"["):
        raise ParseError("not a JSON array")
    return text[1:]


def _at_least(size: int, source: Iterator[bytes]) -> Iterator[bytes]:
    """Yield one block, and more until they have `size` bytes in all."""
    for block in source:
        yield block
        size -= len(block)
        if size <= 0:
            return


def _ended(rest: bytes, source: Iterator[bytes]) -> None:
    """Read to the end; text after the array is an error."""
    while not rest.strip():
        more = next(source, None)
        if more is None:
            return
        rest = more
    raise ParseError("text after the end of the array")
