"""The facts that responses of the Open API give."""

from collections.abc import Mapping

from sellerspec.rules import FactForm

FORMS: Mapping[str, FactForm] = {}
