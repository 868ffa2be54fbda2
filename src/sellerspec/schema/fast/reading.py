"""See that a value holds every member of its JSON text, without writing a long text of it again."""

from collections.abc import Callable

import orjson

from sellerspec.io.strict import holds_every_member
from sellerspec.model import Json

LONG = 500
"""Characters, not all of them ASCII, of a text that takes longer to write again than to leave out."""


def completeness(sample: Json) -> Callable[[bytes | str, Json], bool]:
    """Return a function that returns True only if a value surely holds every member of its text.

    Args:
        sample: a usual value; its longest text is the one that need not be written again.
    """
    members = sample.items() if isinstance(sample, dict) else ()
    texts = {name: text for name, text in members if isinstance(text, str) and not text.isascii()}
    name = max(texts, key=lambda name: len(texts[name]), default="")
    if not name or len(texts[name]) < LONG:
        return holds_every_member
    mark = orjson.dumps(name) + b':"'

    def holds(payload: bytes | str, value: Json) -> bool:
        data = payload.encode() if isinstance(payload, str) else payload
        if type(value) is not dict or type(text := value.get(name)) is not str:
            return holds_every_member(data, value)
        value[name] = ""
        again = orjson.dumps(value)
        value[name] = text
        is_compact = data.find(b": ", 0, 100) < 0  # else it does not stand without blanks
        if is_compact and (start := data.find(mark)) >= 0:
            start += len(mark)
            end = data.find(b'"', start)
            # The last quote of a mark begins a string wherever the mark stands. If that string did not
            # end at the next quote, the rest would hold an even number of quotes and not be JSON.
            if (data[:start] + data[end:]).startswith(again):
                return True
        # as `holds_every_member` counts, without the long text
        return data.count(b":") == again.count(b":") + text.count(":") and data.rfind(b"\\u003") < 0

    return holds
