"""What can be done with recorded cassettes: check, compare, count, convert, clean and replay them."""

from sellerspec.cassettes.check import Checker, Settings, check_cassettes
from sellerspec.cassettes.replay import Replay

__all__ = ["Checker", "Replay", "Settings", "check_cassettes"]
