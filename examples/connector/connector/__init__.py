"""A small seller connector: products to Tiki, orders from Tiki (v1 and Open API), notices from Tokopedia."""
