"""The one door to vcrpy: its serializers, persister, matchers, and the context of a cassette."""

import sys
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import Any
from unittest import mock

import vcr
import vcr.patch
from vcr.cassette import CassetteContextDecorator
from vcr.persisters.filesystem import CassetteNotFoundError
from vcr.serialize import deserialize, serialize

from sellerspec.cassettes import files
from sellerspec.cassettes.files.records import LOADED, MEMBER
from sellerspec.cassettes.files.writing import Form, write_text
from sellerspec.cassettes.record.matching import Matching
from sellerspec.cassettes.record.recording import Recording, now
from sellerspec.cassettes.record.threads import close, noticing, resetting, share
from sellerspec.errors import ParseError
from sellerspec.io import strict
from sellerspec.io.locks import changing

_FORCE_RESET = resetting(vcr.patch.force_reset)


class Serializer:
    """Writes a cassette without secrets; reads it strictly."""

    def __init__(self, recording: Recording, form: Form) -> None:
        self.recording = recording
        self.form = form

    def serialize(self, value: dict[str, Any]) -> str:
        """Return the text of a cassette."""
        return self.recording.text(value, self.form)

    def deserialize(self, text: str) -> dict[str, Any]:
        """Return a cassette in vcrpy's form.

        Raises:
            ParseError: the text is broken.
        """
        cassette = files.read_text(text, json=self.form == "json")
        interactions = [files.interaction(exchange) for exchange in cassette.exchanges]
        for interaction in interactions:
            interaction["response"].setdefault(MEMBER, {"from": LOADED})
        metadata = {"metadata": cassette.metadata} if cassette.metadata else {}
        return {"version": 1, "interactions": interactions, **metadata}


class Persister:
    """Keeps one cassette in a file; a broken or empty one is an error, never a cassette to overwrite.

    What others have written to the file since it was loaded is kept: a cassette may be recorded by
    several processes, and opened more than once.
    """

    def __init__(self) -> None:
        self._loaded: Counter[str] = Counter()

    def load_cassette(self, cassette_path: str, serializer: Any) -> Any:
        """Return what vcrpy loads.

        Raises:
            CassetteNotFoundError: there is no file, so one may be recorded.
            ParseError: there is one, but it is broken; with its place.
        """
        path = Path(cassette_path)
        if not path.is_file():
            raise CassetteNotFoundError
        loaded = _read(path, serializer)
        self._loaded = Counter(map(_key, *loaded[:2]))
        return loaded

    def save_cassette(self, cassette_path: str, cassette_dict: Any, serializer: Any) -> None:
        """Write a cassette completely or not at all; one without an exchange is not written."""
        path = Path(cassette_path)
        with changing(path):
            exists = path.is_file()
            text = serialize(
                self._merged(path, cassette_dict, serializer) if exists else cassette_dict, serializer
            )
            if exists or files.read_text(text).exchanges:
                write_text(path, text)

    def _merged(self, path: Path, ours: Any, serializer: Any) -> Any:
        """Return the interactions without those that others removed, and with those that they added."""
        theirs = list(zip(*_read(path, serializer)[:2], strict=True))
        now = Counter(_key(*interaction) for interaction in theirs)
        removed, added = self._loaded - now, now - self._loaded
        own = list(zip(ours["requests"], ours["responses"], strict=True))
        interactions = [one for one in own if not _take(removed, one)] + [
            one for one in theirs if _take(added, one)
        ]
        requests, responses = zip(*interactions, strict=True) if interactions else ((), ())
        return {**ours, "requests": requests, "responses": responses}


def _read(path: Path, serializer: Any) -> Any:
    """Return the requests, responses and metadata of a file.

    Raises:
        ParseError: it is broken; with its place.
    """
    try:
        return deserialize(strict.decode_utf8(path.read_bytes()), serializer)
    except ParseError as error:
        raise error.named(str(path)) from None


def _key(request: Any, response: Any) -> str:
    return f"{request.method} {request.uri} {request.body!r} {response!r}"


def _take(counts: Counter[str], interaction: tuple[Any, Any]) -> bool:
    """Return whether an interaction is counted, and count it once less."""
    key = _key(*interaction)
    counts[key] -= 1
    return counts[key] >= 0


class _Context(CassetteContextDecorator):  # type: ignore[misc]
    """The context manager of vcrpy; at its end it also reports the exchanges that were not written."""

    recording: Recording
    _patches: Any = None
    _opened: Any = None

    def __call__(self, function: Any) -> Any:
        recording = self.recording

        def cassettes() -> Any:
            return self._args_getter()

        wrapped = type("_Context", (_Context,), {"recording": recording})(self.cls, cassettes)
        return super(_Context, wrapped).__call__(function)

    def _patch_generator(self, cassette: Any) -> Any:
        share(cassette)
        self._opened = cassette
        self._patches = self._with_ours(super()._patch_generator(cassette))
        return self._patches

    def _with_ours(self, patches: Generator[Any, None, None]) -> Generator[Any, None, None]:
        """Open a cassette with the patches of vcrpy and ours."""
        reset = mock.patch.object(vcr.patch, "force_reset", _FORCE_RESET)
        with reset, noticing(self.recording), closing(patches):
            cassette = next(patches)
            with _written_bodies():  # above the patch of vcrpy
                yield cassette

    def __exit__(self, *exc_info: Any) -> None:
        close(self._opened)
        try:
            super().__exit__(*exc_info)
        finally:
            self._patches.close()  # vcrpy leaves them in place when the cassette cannot be saved
            if exc_info[0] is None:
                self.recording.report()
            elif self.recording.reasons and exc_info[1] is not None:
                exc_info[1].add_note("not recorded: " + "; ".join(self.recording.reasons))
                self.recording.reasons.clear()


def _written_bodies() -> AbstractContextManager[Any]:
    """Patch aiohttp so that vcrpy gets the bytes of each body, instead of its arguments `data` and `json`."""
    if "aiohttp" not in sys.modules:  # vcrpy imports it if it is installed
        return nullcontext()
    from sellerspec.io.aiohttp_bodies import ClientSession, written

    inner = ClientSession._request  # as vcrpy has patched it

    async def request(session: ClientSession, method: str, url: Any, **arguments: Any) -> Any:
        url, arguments = await written(session, url, arguments)
        return await inner(session, method, url, **arguments)

    return mock.patch.object(ClientSession, "_request", request)


def recorder(recording: Recording, settings: Mapping[str, Any]) -> vcr.VCR:
    """Return a VCR with our serializers, matchers, persister and context."""
    hooks = settings.get("before_record_response") or []
    hooks = [_stamp, *(hooks if isinstance(hooks, list | tuple) else [hooks])]
    ours = vcr.VCR(**{**settings, "before_record_response": hooks})
    equip(ours, recording)
    ours.register_persister(Persister)
    return ours


def equip(existing: vcr.VCR, recording: Recording) -> None:
    """Give a VCR our serializers, matchers and context."""
    use_cassette = existing._use_cassette

    def ours(**arguments: Any) -> Any:
        inner = use_cassette(**arguments)
        context = type("_Context", (_Context,), {"recording": recording})
        return context(inner.cls, lambda: _with_own_persister(inner._args_getter()))

    existing._use_cassette = ours
    existing.register_serializer("yaml", Serializer(recording, "yaml"))
    existing.register_serializer("json", Serializer(recording, "json"))
    matching = Matching(recording.scrubber)
    existing.register_matcher("sellerspec_url", matching.sellerspec_url)
    existing.register_matcher("sellerspec_body", matching.sellerspec_body)


def _with_own_persister(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a cassette; ours is kept by a persister that knows what it loaded."""
    if arguments.get("persister") is Persister:
        return {**arguments, "persister": Persister()}
    return arguments


def _stamp(response: Any) -> Any:
    """Note when a response arrived; one that was loaded from a file has its note already."""
    if isinstance(response, dict) and MEMBER not in response:
        return {**response, MEMBER: {"at": now()}}
    return response
