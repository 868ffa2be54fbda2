"""The places of a payload or an exchange whose values no message shows: those of secrets and of persons."""

from collections.abc import Callable
from functools import lru_cache

from sellerspec.io.secret_names import PERSONS, Names, is_credential, is_telling, plain_name
from sellerspec.model import Path
from sellerspec.rules import Marketplace


def hides(marketplace: Marketplace) -> Callable[[Path], bool]:
    """Return what says whether a place is one of a secret or a person, by the names of its members.

    The scrubber knows more of a value than its place; a message can do without a value that is harmless.
    """
    names = Names(marketplace.secret_members, marketplace.public_members)

    @lru_cache(maxsize=1024)
    def hidden(steps: tuple[str, ...]) -> bool:
        parent = ""
        is_person = is_secret = False
        for name in steps:
            kind = names.kind(name, parent)
            if kind in ("secret", "personal") or (is_person and plain_name(name) == "name"):
                return True
            is_secret = is_secret or is_credential(name)
            is_person = is_person or plain_name(name) in PERSONS
            parent = name
        return bool(steps) and (is_secret or (kind != "public" and is_telling(parent)))

    @lru_cache(maxsize=1024)
    def at(path: Path) -> bool:
        return hidden(tuple([step for step in path if isinstance(step, str)]))

    return at
