"""Seeded defects of Tiki's Open API."""

from sellerspec.sandbox.defect import Defect
from sellerspec.sandbox.tiki_v2.defects.access import ACCESS
from sellerspec.sandbox.tiki_v2.defects.events import EVENTS
from sellerspec.sandbox.tiki_v2.defects.information import INFORMATION
from sellerspec.sandbox.tiki_v2.defects.orders import ORDERS
from sellerspec.sandbox.tiki_v2.defects.products import PRODUCTS
from sellerspec.sandbox.tiki_v2.defects.requests import REQUESTS

DEFECTS: tuple[Defect, ...] = (*ACCESS, *INFORMATION, *REQUESTS, *PRODUCTS, *ORDERS, *EVENTS)
"""Every seeded defect of the Open API, in the order in which they act."""
