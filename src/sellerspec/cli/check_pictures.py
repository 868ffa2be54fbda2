"""`sellerspec check --images`, `--fetch-images`: look at the pictures that payloads name."""

from collections.abc import Callable, Collection
from os.path import isdir  # that of `Path` raises for names that the system refuses
from pathlib import Path
from typing import Any, TypeVar

import click

from sellerspec.cli.check_fixes import FixCommand
from sellerspec.errors import UsageError
from sellerspec.model import Facts, Json
from sellerspec.reporting.excerpt import plain

_Command = TypeVar("_Command", bound=Callable[..., Any])

OPTIONS = {
    "images": click.option("--images", metavar="[FOLDER]",
                           help="Look at the pictures that are files: paths in the payload, and in FOLDER "
                                "those with the names that the addresses end with."),
    "fetch_images": click.option("--fetch-images", is_flag=True,
                                 help="Fetch the pictures of the payload by http and https, "
                                      "those that --images does not find."),
    "images_allow_private": click.option("--images-allow-private", is_flag=True,
                                         help="With --fetch-images: also from private networks and this "
                                              "machine."),
}  # fmt: skip
"""Name of a parameter -> its option."""

MOST_NOTES = 10
"""Pictures that are named as not judged; the others are counted."""


class PictureCommand(FixCommand):
    """A command whose `--images` has a value only where a folder follows."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments."""
        end = args.index("--") if "--" in args else len(args)
        nexts = [*args[1:], ""]
        alone = {at for at in range(end) if args[at] == "--images" and not isdir(nexts[at])}
        return super().parse_args(ctx, ["--images=" if at in alone else arg for at, arg in enumerate(args)])


def picture_options(command: _Command) -> _Command:
    """Add the options that are about pictures."""
    for option in reversed(OPTIONS.values()):
        command = option(command)
    return command


def pictures_of(options: dict[str, Any]) -> "PictureFacts | None":
    """Take the options about pictures out of the options of a call; None where none is looked at.

    Raises:
        UsageError: they do not fit together, or the folder is none.
        MissingExtra: Pillow is not installed.
    """
    images, fetches, allow_private = (options.pop(name) for name in OPTIONS)
    if allow_private and not fetches:
        raise UsageError("`--images-allow-private` is used with `--fetch-images`")
    if images is None and not fetches:
        return None
    if images and not isdir(images):
        raise UsageError(f"--images: there is no folder `{plain(images[:80])}`")
    return PictureFacts(Path(images) if images else None, fetches, allow_private)


class PictureFacts:
    """Adds what was found of a payload's pictures to its facts."""

    def __init__(self, folder: Path | None, fetches: bool, allow_private: bool) -> None:
        from sellerspec.io.pictures.collecting import Pictures  # most checks look at no picture

        self._pictures = Pictures(folder=folder, fetches=fetches, allow_private=allow_private)
        self._unjudged: dict[str, str] = {}
        self._too_long: dict[str, None] = {}
        """The descriptions that were not searched, in their order."""

    def over(self, facts: Facts, payload: Json, path: Path | None, rules: Collection[str]) -> Facts:
        """Return the facts with those of the pictures.

        Args:
            facts: the others.
            payload: names the pictures.
            path: of the payload; None for stdin.
            rules: those of its operation that need the fact.

        Raises:
            UsageError: there is none.
        """
        from sellerspec.marketplaces.pictures import named, unsearched
        from sellerspec.schema.messages import member

        if not rules:
            raise UsageError("nothing is known about pictures of this operation; leave out `--images`")
        addresses = (one.address for one in named(payload))
        found = self._pictures.found(addresses, path.parent if path is not None else Path())
        self._unjudged |= {
            address: entry["unjudged"] for address, entry in found.items() if "unjudged" in entry
        }
        self._too_long |= dict.fromkeys(map(member, unsearched(payload)))
        return Facts(pictures=found).over(facts)

    def finish(self) -> None:
        """End what opens pictures, and write on stderr which ones were not judged."""
        from sellerspec.io.urls import address as shown
        from sellerspec.marketplaces.pictures import MOST_HTML

        self._pictures.close()
        for address, reason in list(self._unjudged.items())[:MOST_NOTES]:
            click.echo(f"note: not judged: the picture {plain(shown(address))}: {reason}", err=True)
        if len(self._unjudged) > MOST_NOTES:
            click.echo(f"note: and {len(self._unjudged) - MOST_NOTES} more pictures", err=True)
        for text in list(self._too_long)[:MOST_NOTES]:
            note = f"the pictures in {text}: it is longer than {MOST_HTML:,} characters"
            click.echo(f"note: not judged: {note}", err=True)


def require_no_pictures(pictures: PictureFacts | None) -> None:
    """Refuse to look at the pictures of a catalogue.

    Raises:
        UsageError: that was asked for.
    """
    if pictures is not None:
        raise UsageError(
            "pictures are looked at for payload files, not for catalogues; "
            "leave out `--images` and `--fetch-images`"
        )
