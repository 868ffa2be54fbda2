"""What a cassette of TNSL must not hold: receivers, and the keys of webhooks."""

SECRET_MEMBERS = ("shipping.name", "shipping.address", "shipping.note", "note")

PUBLIC_MEMBERS = ("ref_code", "fee_key", "product_sku")
