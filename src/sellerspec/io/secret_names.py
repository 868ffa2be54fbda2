"""Names of secret and personal members, and of headers that may be written."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

KEPT_HEADERS = frozenset(
    (
        "accept", "accept-encoding", "accept-language", "allow", "cache-control", "connection",
        "content-disposition", "content-encoding", "content-language", "content-length", "content-type",
        "date", "expires", "last-modified", "location", "retry-after", "sellerspec-assumed", "server",
        "transfer-encoding", "user-agent", "vary", "x-ratelimit-full-reset-after", "x-ratelimit-limit",
        "x-ratelimit-remaining", "x-ratelimit-reset", "x-ratelimit-reset-after", "x-request-id",
    )
)  # fmt: skip
"""Headers that are kept. Others are left out; credentials get a placeholder."""

CREDENTIAL_HEADERS = frozenset(
    ("authorization", "proxy-authorization", "tiki-api", "x-api-key", "x-access-token", "x-auth-token")
)
"""Headers that are kept with a placeholder as value, because a contract requires them."""

SECRET_MEMBERS = (
    "access_key", "access_token", "api_key", "api_secret", "api_token", "app_key", "app_secret", "auth",
    "auth_code", "auth_token", "authorization", "bearer", "client_secret", "consumer_key",
    "consumer_secret", "cookie", "coupon_code", "credential", "credentials", "csrf", "csrf_token", "cvc",
    "cvv", "encryption", "encryption_key", "hmac", "id_token", "jwt", "mac", "nonce", "otp", "otp_code",
    "kata_sandi", "mat_khau", "pass", "passcode", "passkey", "passphrase", "passwd", "password", "pin",
    "pin_code", "private_key", "pw", "pwd", "refresh_token", "sandi", "secret", "secret_key",
    "security_code", "session", "session_id", "session_token",
    "set_cookie", "sid", "sig", "sign", "signature", "signing_key", "tiki_api", "token", "voucher_code",
    "webhook_secret", "x_api_key",
)  # fmt: skip
"""Members, parameters and form fields that are credentials in every marketplace."""

PERSONAL_MEMBERS = (
    "account_number", "address", "address1", "address2", "address_full", "address_line", "bank_account",
    "birth_date", "birthday", "buyer_email", "buyer_name", "buyer_phone", "card_number", "cccd", "cmnd",
    "comment", "comments", "contact_email", "contact_name", "contact_phone", "custom_fields",
    "customer_name", "customer_note", "date_of_birth", "dob", "e_mail", "email", "email_address", "fax",
    "first_name", "full_name", "iban", "id_card", "identity_number", "ktp", "last_name", "latitude",
    "longitude", "mobile", "national_id", "nik", "note", "notes", "npwp", "passport", "phone",
    "phone_number", "postal_code", "receiver_name", "receiver_phone", "recipient_name", "remark",
    "remarks", "sdt", "ssn", "street", "tax_code", "telephone", "username", "virtual_account", "zip_code",
)  # fmt: skip
"""Members, parameters and form fields that describe a person in every marketplace."""

PERSONS = frozenset(
    (
        "address", "billing", "billingaddress", "buyer", "consignee", "contact", "courier", "customer",
        "driver", "dropshipperinfo", "payer", "profile", "receiver", "recipient", "sender", "shipper",
        "shipping", "shippingaddress", "user",
    )
)  # fmt: skip
"""Members that describe a person: a `name` at any depth in them is personal, in plain form."""

LOCATIONS = frozenset(
    (
        "area", "city", "country", "district", "province", "region", "state", "subdistrict", "town",
        "village", "ward",
    )
)  # fmt: skip
"""Personal members with the name of a place, in plain form: that name is no secret at another place."""

FREE_TEXTS = frozenset(
    (
        "cancelreason", "detail", "details", "error", "errordescription", "errormessage", "errormsg",
        "errors", "failreason", "message", "messageen", "messages", "messagevi", "msg", "reason", "title",
        "warnings",
    )
)  # fmt: skip
"""Members with running text, in plain form: of it only the words that the contract knows are kept."""

PUBLIC_MEMBERS = (
    "href", "icon_url", "image", "images", "order_code", "prod_pic", "product_picture", "request_id",
    "sku", "thumbnail", "trace_id", "track_id", "tracking",
)  # fmt: skip
"""Members and segments of a path whose value may look like a token, but is public."""

Kind = Literal["secret", "personal", "kept", "public", ""]
"""What a name tells of its value: `kept` is what a project wants to see."""

_TELLING = re.compile(
    "token|secret|passw|passcode|passphrase|passkey|pwd|apikey|accesskey|privatekey|signingkey|signature"
    "|session|credential|cookie|authoriz|authentic|authcode|authkey|hmac|csrf|encrypt|jwt|bearer|otp|cvv|cvc"
    "|mfa|2fa|twofactor|verification|verifikasi|security|rahasia|sandi|akses|matkhau|baomat|bimat"
    "|xacthuc|xacminh|xacnhan|truycap"
    "|phone|mobile|mail|address|fullname|firstname|lastname|account|passport|national|identity|birth"
    "|dienthoai|telepon|nohp|nomorhp|alamat|diachi|hoten|namalengkap|rekening|taikhoan|lahir|namsinh"
    "|ngaysinh|cccd|cmnd|latitude|longitude|coordinate|koordinat|toado"
)
_TELLING_END = re.compile("(?:pin|pincode|auth|sign|sig|sid|sdt|tel|ktp|nik|npwp|lat|lng|gps)$")
_CREDENTIALS = re.compile("token|secret|passw|session|credential|cookie|apikey")
_UNFOLDED = str.maketrans("đĐ", "dD")


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """Return a name without case, accents, hyphens, underscores and spaces: `secretKey` is `secret_key`."""
    if not name.isascii():
        letters = unicodedata.normalize("NFKD", name.translate(_UNFOLDED))
        name = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


@lru_cache(maxsize=4096)
def is_telling(name: str) -> bool:
    """Return whether a name that no contract knows names a secret or a person.

    >>> is_telling("x-db-password"), is_telling("colour")
    (True, False)
    """
    plain = plain_name(name[:100])
    return bool(_TELLING.search(plain) or _TELLING_END.search(plain))


@lru_cache(maxsize=4096)
def is_credential(name: str) -> bool:
    """Return whether a name says that what is below it are credentials: `tokens`, `user_sessions`."""
    return bool(_CREDENTIALS.search(plain_name(name[:100])))


class Names:
    """Decides by name, or by the name of a member and its parent, whether a member is secret."""

    def __init__(
        self, secret: Iterable[str] = (), public: Iterable[str] = (), keep: Iterable[str] = ()
    ) -> None:
        """Join the names of all marketplaces with those of one and of a project.

        Args:
            secret: `phone` at any depth, or `shipping.name` for a `name` directly in `shipping`.
            public: names of members whose value is never a token.
            keep: members that a project wants to see, written as the secret ones.
        """
        self._kinds: dict[tuple[str, ...], Kind] = {}
        kinds: tuple[tuple[Iterable[str], Kind], ...] = (
            ((*PUBLIC_MEMBERS, *public), "public"),
            ((*PERSONAL_MEMBERS, *secret), "personal"),
            (SECRET_MEMBERS, "secret"),
            (keep, "kept"),
        )
        for members, kind in kinds:
            for member in members:
                self._kinds[tuple(map(plain_name, member.split(".")[-2:]))] = kind

    def kind(self, name: str, parent: str = "") -> Kind:
        """Return what a member of the member `parent` is by its name."""
        plain = plain_name(name)
        return self._kinds.get((plain_name(parent), plain)) or self._kinds.get((plain,), "")
