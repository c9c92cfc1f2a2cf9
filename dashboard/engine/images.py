"""Images by address: fetched for recordings, looked at, and kept.

The addresses come from whoever may start a recording, so this is a way for strangers to make
the engine call somebody. Only public hosts are called: the addresses that a name stands for
are judged in the very look-up that the connection then uses, again for each redirect, and a
number in the address counts as its own look-up. Nothing but an image comes out of it.
"""

import asyncio
import hashlib
import io
import ipaddress
import logging
import socket
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from PIL import Image
from yarl import URL

from dashboard.engine.disk import write_atomically

log = logging.getLogger(__name__)

TIME_LIMIT_S = 10.0
MOST_REDIRECTS = 3
FRESH_S = 600.0
"""How long an address is not asked again."""
KEPT_BYTES = 200_000_000
_FORMATS = {"JPEG": ".jpg", "PNG": ".png", "BMP": ".bmp"}
_REDIRECTS = {301, 302, 303, 307, 308}
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Limits:
    """The most bytes, and the most pixels of a side."""

    size_bytes: int
    side_px: int


LIMITS = {"agora": Limits(6_000_000, 4096), "trtc": Limits(5_000_000, 2560)}
"""By the style of a recording: agora-anyrtc.md 4.3, trtc.md 3.5."""


class ImageRefused(Exception):
    """No image came of an address. The message is for the log; it may name hosts."""


class Images:
    """Needs a running event loop."""

    def __init__(self, folder: Path, allowed_hosts: Collection[str] = ()) -> None:
        """folder: where they are kept, by what is in them. allowed_hosts: names, or numbers, that
        are called though they are not public."""
        self._folder = folder
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._known: dict[str, tuple[Path, float]] = {}
        self._under_way: dict[tuple[str, Limits], asyncio.Task[Path]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def get(self, address: str, limits: Limits) -> Path:
        """Where the image of an address lies now. Raises ImageRefused.

        Who asks for one that is being fetched waits for the same answer.
        """
        key = address, limits
        fetching = self._under_way.get(key)
        if fetching is None:
            fetching = self._under_way[key] = asyncio.create_task(self._get(address, limits))
            fetching.add_done_callback(lambda _: self._under_way.pop(key, None))
        return await asyncio.shield(fetching)

    async def close(self) -> None:
        for fetching in list(self._under_way.values()):
            fetching.cancel()
        if self._session:
            await self._session.close()

    async def _get(self, address: str, limits: Limits) -> Path:
        path, until = self._known.get(address, (None, 0.0))
        if path and until > time.monotonic() and path.exists():
            data = await asyncio.to_thread(path.read_bytes)
            await asyncio.to_thread(judge, data, limits)
            return path
        try:
            async with asyncio.timeout(TIME_LIMIT_S):
                data = await self._fetch(_parsed(address), limits)
        except TimeoutError:
            raise ImageRefused(f"no image within {TIME_LIMIT_S:g} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            raise ImageRefused(f"{type(fault).__name__}: {fault}") from fault
        suffix = await asyncio.to_thread(judge, data, limits)
        try:
            path = await asyncio.to_thread(self._keep, data, suffix)
        except OSError as fault:
            raise ImageRefused(f"it cannot be kept: {fault}") from fault
        self._known[address] = path, time.monotonic() + FRESH_S
        return path

    async def _fetch(self, url: URL, limits: Limits) -> bytes:
        for _ in range(MOST_REDIRECTS + 1):
            self._check(url)
            async with self._open().get(url, allow_redirects=False) as answer:
                if answer.status in _REDIRECTS and "Location" in answer.headers:
                    url = url.join(URL(answer.headers["Location"]))
                    continue
                if answer.status != 200:
                    raise ImageRefused(f"status {answer.status}")
                return await _read(answer, limits.size_bytes)
        raise ImageRefused("it is sent on too often")

    def _check(self, url: URL) -> None:
        """What can be seen before anybody is called; names are judged when they are looked up."""
        if url.scheme not in ("http", "https") or not url.host:
            raise ImageRefused("only http and https are fetched")
        if url.user or url.password:
            raise ImageRefused("addresses with a password are not fetched")
        if _is_number(url.host) and not (self._is_allowed(url.host) or is_public(url.host)):
            raise ImageRefused(f"{url.host} is not a public address")

    def _is_allowed(self, host: str) -> bool:
        return host.lower() in self._allowed

    def _open(self) -> aiohttp.ClientSession:
        """No proxies, no cookies, nothing of ours in what is asked."""
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=_Guard(self._allowed), use_dns_cache=False, limit=8, force_close=True
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,  # a little that becomes a lot
                headers={
                    "User-Agent": "Tallydeck",
                    "Accept": "image/*",
                    "Accept-Encoding": "identity",
                },
            )
        return self._session

    def _keep(self, data: bytes, suffix: str) -> Path:
        """Raises OSError."""
        path = self._folder / f"{hashlib.sha256(data).hexdigest()}{suffix}"
        if path.exists():
            path.touch()
            return path
        self._folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data)
        for old in _superfluous(self._folder, KEPT_BYTES):
            old.unlink(missing_ok=True)
        return path


def judge(data: bytes, limits: Limits) -> str:
    """Decode an image, to see that it is one. Returns the suffix of its kind.

    Raises ImageRefused.
    """
    if len(data) > limits.size_bytes:
        raise ImageRefused(f"larger than {limits.size_bytes} bytes")
    try:
        with Image.open(io.BytesIO(data), formats=list(_FORMATS)) as image:
            if max(image.size) > limits.side_px:
                raise ImageRefused(f"a side of more than {limits.side_px} pixels")
            image.load()
            return _FORMATS[image.format]
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        raise ImageRefused(f"no image: {fault}") from fault


def is_public(host: str) -> bool:
    """Whether a number belongs to the internet at large, also where it is wrapped in another.

    Raises ValueError for what is no number.
    """
    return all(ip.is_global and not ip.is_multicast for ip in _meant(ipaddress.ip_address(host)))


def _meant(ip: Any) -> Iterator[Any]:
    """The number itself, and those of version 4 that it leads to."""
    yield ip
    if ip.version == 6:
        inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64:
            inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        yield from filter(None, inner)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class _Guard(AbstractResolver):
    """Looks names up and gives only public numbers to whoever connects."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._resolver = ThreadedResolver()
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if host.lower() in self._allowed:
            return found
        if not all(is_public(each["host"].partition("%")[0]) for each in found):
            raise OSError(f"{host} is not a public host")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def _parsed(address: str) -> URL:
    try:
        return URL(address)
    except ValueError as fault:
        raise ImageRefused(f"no address: {fault}") from fault


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def _read(answer: aiohttp.ClientResponse, most: int) -> bytes:
    if (answer.content_length or 0) > most:
        raise ImageRefused(f"larger than {most} bytes")
    data = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        data += chunk
        if len(data) > most:
            raise ImageRefused(f"larger than {most} bytes")
    return bytes(data)


def _superfluous(folder: Path, most_bytes: int) -> list[Path]:
    """The files that were not used for longest, where all together are too much."""
    files = sorted(
        ((path.stat(), path) for path in folder.iterdir()),
        key=lambda pair: pair[0].st_mtime, reverse=True,
    )  # fmt: skip
    room, found = most_bytes, []
    for facts, path in files:
        room -= facts.st_size
        if room < 0:
            found.append(path)
    return found
