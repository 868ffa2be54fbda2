"""A small seller connector: products to Tiki, orders from Tiki, notices from Tokopedia."""
