"""`--format json`: everything, for programs."""

import orjson

from sellerspec.mutate.conclusion import Conclusion


def written(conclusion: Conclusion) -> str:
    """Return the report as indented JSON."""
    return orjson.dumps(conclusion.to_dict(), option=orjson.OPT_INDENT_2).decode() + "\n"
