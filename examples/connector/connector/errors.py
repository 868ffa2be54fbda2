"""The errors of the connector."""


class MarketplaceError(Exception):
    """A marketplace refused a call, or its response cannot be used."""


class Unusable(MarketplaceError):
    """A marketplace does not know what a call is about, or says nothing of it that can be used."""


class Busy(MarketplaceError):
    """A marketplace did not take a call because there were too many."""

    def __init__(self, message: str, wait: float) -> None:
        """Note after how many seconds the call may be sent again."""
        super().__init__(message)
        self.wait = wait


class Unclear(Busy):
    """Nobody knows whether a call was taken: its response did not arrive, or the server failed."""
