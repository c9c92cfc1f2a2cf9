"""The images that one recording shows: fetched beside it, and shown as they come.

A recording never waits for an image, for what is said meanwhile would be lost.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from dashboard.engine.images import LIMITS, ImageRefused, Images
from dashboard.engine.tasks import Spec
from dashboard.layouts import watermarks
from dashboard.layouts.document import Layout

log = logging.getLogger(__name__)


class Gallery:
    """paths: address -> path of those that are here."""

    def __init__(
        self,
        images: Images,
        show: Callable[[dict[str, str]], None],
        failed: Callable[[str], Awaitable[None]],
    ) -> None:
        """show: told of each as it comes. failed: told of each address that no image comes of."""
        self._images, self._show, self._failed = images, show, failed
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self.paths: dict[str, str] = {}

    def want(self, spec: Spec) -> None:
        """Fetch what it shows and what is not here; does not wait. What failed is tried again."""
        for address in _named(spec):
            if address not in self.paths and address not in self._under_way:
                fetching = asyncio.create_task(self._fetch(address, spec.style))
                self._under_way[address] = fetching

    async def settled(self) -> None:
        """Wait until all that is wanted has come or failed."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    def close(self) -> None:
        for fetching in self._under_way.values():
            fetching.cancel()

    async def _fetch(self, address: str, style: str) -> None:
        try:
            self.paths[address] = str(await self._images.get(address, LIMITS[style]))
        except ImageRefused as refused:
            log.warning("an image is not shown: %s: %s", _site(address), refused)
            await self._failed(address)
        else:
            self._show({address: self.paths[address]})
        finally:
            self._under_way.pop(address, None)


def _named(spec: Spec) -> Iterable[str]:
    """Of mixes; people by themselves are recorded as they are."""
    if spec.mode != "mix":
        return ()
    marks = watermarks.parse(spec.watermarks)
    return dict.fromkeys((*Layout.from_json(spec.layout).images, *watermarks.images(marks)))


def _site(address: str) -> str:
    """Without what may be a key: signed addresses have theirs behind the question mark."""
    return address.partition("?")[0]
