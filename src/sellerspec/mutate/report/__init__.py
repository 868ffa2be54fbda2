"""Write what a run says, for people and machines: text, JSON, JUnit, Markdown, HTML.

A format is a module `as_<format>` with a function `written`, imported when it is used.
"""

from importlib import import_module

from sellerspec.errors import UnknownName
from sellerspec.mutate.conclusion import Conclusion
from sellerspec.mutate.settings import FORMS


def render(form: str, conclusion: Conclusion, *, colour: bool = False) -> str:
    """Return what a run says in one of `FORMS`, ending in a line feed.

    Args:
        form: the name of the format.
        conclusion: what the run says.
        colour: whether `text` has colours.

    Raises:
        UnknownName: the format is not known.
    """
    if form not in FORMS:
        raise UnknownName("format", form, FORMS)
    written = import_module(f"{__name__}.as_{form}").written
    text: str = written(conclusion, colour=colour) if form == "text" else written(conclusion)
    return text
