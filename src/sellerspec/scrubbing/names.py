"""Names of secret members, and of headers that may be written."""

from collections.abc import Iterable

KEPT_HEADERS = frozenset(
    (
        "accept", "accept-encoding", "accept-language", "allow", "cache-control", "connection",
        "content-disposition", "content-encoding", "content-language", "content-length", "content-type",
        "date", "expires", "last-modified", "location", "retry-after", "server", "transfer-encoding",
        "user-agent", "vary", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset",
        "x-request-id",
    )
)  # fmt: skip
"""Headers that are kept. Others are left out; credentials get a placeholder."""

CREDENTIAL_HEADERS = frozenset(
    ("authorization", "proxy-authorization", "tiki-api", "x-api-key", "x-access-token", "x-auth-token")
)
"""Headers that are kept with a placeholder as value, because a contract requires them."""

SECRET_MEMBERS = (
    "access_key", "access_token", "api_key", "auth_token", "authorization", "bearer", "client_secret",
    "cookie", "credential", "credentials", "csrf_token", "encryption", "encryption_key", "id_token",
    "jwt", "otp", "passphrase", "passwd", "password", "private_key", "refresh_token", "secret",
    "secret_key", "security_code", "session", "session_id", "session_token", "set_cookie", "signature",
    "signing_key", "tiki_api", "token", "webhook_secret", "x_api_key", "address_full", "buyer_email",
    "buyer_name", "buyer_phone", "contact_email", "contact_name", "contact_phone", "customer_name",
    "date_of_birth", "email", "e_mail", "full_name", "id_card", "identity_number", "mobile", "passport",
    "phone", "phone_number", "postal_code", "recipient_name", "street", "telephone", "zip_code",
)  # fmt: skip
"""Members, parameters and form fields that are secret in every marketplace."""

PUBLIC_MEMBERS = (
    "href", "icon_url", "image", "images", "order_code", "prod_pic", "product_picture", "request_id",
    "sku", "thumbnail", "trace_id", "track_id", "tracking",
)  # fmt: skip
"""Members and segments of a path whose value may look like a token, but is public."""


def plain_name(name: str) -> str:
    """Return a name without case, hyphens, underscores and spaces: `secretKey` equals `secret_key`."""
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


class Names:
    """Decides by name, or by the name of a member and its parent, whether a member is secret."""

    def __init__(self, secret: Iterable[str] = (), public: Iterable[str] = ()) -> None:
        """Join the names of all marketplaces with those of one.

        Args:
            secret: `phone` at any depth, or `shipping.name` for a `name` directly in `shipping`.
            public: names of members whose value is never a token.
        """
        entries = [tuple(map(plain_name, member.split("."))) for member in (*SECRET_MEMBERS, *secret)]
        self.anywhere = frozenset(entry[0] for entry in entries if len(entry) == 1)
        self.below = frozenset(entry for entry in entries if len(entry) == 2)
        self._public = frozenset(plain_name(member) for member in (*PUBLIC_MEMBERS, *public))
        self._kinds: dict[str, dict[str, str]] = {}

    def kind(self, name: str, parent: str = "") -> str:
        """Return `secret`, `public` or `""` for a member of the member `parent`."""
        below = self.below_of(parent)
        known = below.get(name)
        if known is None:
            plain, above = plain_name(name), plain_name(parent)
            if plain in self.anywhere or (above, plain) in self.below:
                known = "secret"
            else:
                known = "public" if plain in self._public else ""
            if len(below) < 10_000:
                below[name] = known
        return known

    def below_of(self, parent: str) -> dict[str, str]:
        """Return the kinds of members of `parent` that are known so far, by name."""
        kinds = self._kinds.get(parent)
        if kinds is None:
            kinds = {}
            if len(self._kinds) < 10_000:
                self._kinds[parent] = kinds
        return kinds
