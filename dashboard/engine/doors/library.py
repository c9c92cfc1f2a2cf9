"""Hands out the files of the media library, whole or in ranges, to whoever knows the address."""

import asyncio

from aiohttp import web

from dashboard.engine.doors.errors import gateway_error
from dashboard.engine.library import PATH, Library

_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
    ".mp4": "video/mp4",
    ".aac": "audio/aac",
}


class LibraryDoor:
    def __init__(self, library: Library) -> None:
        self._library = library

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH + "/{file_id}/{name}", self.file)]

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Players of other sites may read it, as they may from the vendor's service."""
        name = request.match_info["name"]
        path = await asyncio.to_thread(self._library.find, request.match_info["file_id"], name)
        if path is None:
            raise gateway_error(404, "there is no such file in the library")
        headers = {"Access-Control-Allow-Origin": "*"}
        if path.suffix in _TYPES:
            headers["Content-Type"] = _TYPES[path.suffix]
        return web.FileResponse(path, headers=headers)
