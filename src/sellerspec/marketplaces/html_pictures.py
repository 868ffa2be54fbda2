"""The pictures that a text in HTML shows."""

from html.parser import HTMLParser


class _Sources(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found |= {value.strip(): None for name, value in attrs if name == "src" and value}


def sources(html: str) -> list[str]:
    """Return the `src` of each `img`, each once, in the order of the text."""
    parser = _Sources()
    try:
        parser.feed(html)
        parser.close()
    except (AssertionError, ValueError):  # for some broken declarations; what comes before counts
        pass
    return [address for address in parser.found if address]
