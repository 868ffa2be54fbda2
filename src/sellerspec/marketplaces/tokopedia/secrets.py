"""What a cassette of Tokopedia must not hold: buyers, receivers, dropshippers and encrypted blocks."""

SECRET_MEMBERS = (
    "buyer.name",
    "customer.name",
    "recipient.name",
    "dropshipper_info.name",
    "address.district",
    "address.city",
    "address.province",
    "geo",
    "notes",
)

PUBLIC_MEMBERS = ("invoice_ref_num", "invoice_num", "buyer_id_hash", "awb", "product_bundling_icon")
