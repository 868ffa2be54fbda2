"""The one reader of URLs: linear, and without an exception for what is no URL."""

from urllib.parse import SplitResult, urlsplit

from sellerspec.io.member_names import without_data
from sellerspec.io.strict import printable

_NOTHING = SplitResult("", "", "", "", "")


def split(url: str) -> SplitResult:
    """Return the parts of a URL; all of them are empty if it cannot be read: `http://[`."""
    try:
        return urlsplit(url)
    except ValueError:
        return _NOTHING


def readable(url: str) -> bool:
    """Return whether a text can be read as a URL, or as a part of one."""
    # only brackets, and letters that are signs of a URL in another form, make a URL unreadable
    return (url.isascii() and "[" not in url and "]" not in url) or split(url) is not _NOTHING


def without_user(url: str) -> str:
    """Return a URL, readable or not, without user and password."""
    if "@" not in url:
        return url
    before, slashes, rest = url.partition("//") if "//" in url else ("", "", url)
    end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    return before + slashes + rest[:end].rpartition("@")[2] + rest[end:]


def address(url: str) -> str:
    """Return a URL as messages show it: without user, query and data, at most 120 characters, on one line.

    A part of the path that may be a token, a phone or an address is shown as `***`.
    """
    place = without_user(url[:_READ]).partition("#")[0].partition("?")[0]
    before, slashes, rest = place.partition("//") if "//" in place else ("", "", place)
    host, *parts = rest.split("/")
    return printable(before + slashes + "/".join((host, *map(_part_shown, parts))), 120)


_READ = 4096
"""Characters of a URL that are looked at, to show the first 120 of them."""


def _part_shown(part: str) -> str:
    return without_data(part.partition(";")[0])
