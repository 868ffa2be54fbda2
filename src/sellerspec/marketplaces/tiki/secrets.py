"""What a cassette of Tiki must not hold: buyers, and the people at a warehouse."""

SECRET_MEMBERS = (
    "shipping.name",
    "shipping.street",
    "shipping.ward",
    "shipping.city",
    "shipping.region",
    "tax.code",
    "tax.name",
    "tax.address",
    "note",
)

PUBLIC_MEMBERS = ("tiki_sku", "original_sku", "product_name", "document_urls")
