"""Fonts for what the engine writes: Pillow's own, and the machine's where that has no such sign."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from PIL import ImageFont

_FOLDERS = (
    "~/.local/share/fonts", "~/.fonts", "/usr/local/share/fonts", "/usr/share/fonts",
    "~/Library/Fonts", "/Library/Fonts", "/System/Library/Fonts", "C:/Windows/Fonts",
)  # fmt: skip
_NAMES = (
    "DejaVuSans.ttf", "LiberationSans-Regular*", "NotoSans-Regular*", "Arial.ttf", "segoeui.ttf",
    "NotoSansCJK-Regular*", "NotoSansCJKsc-Regular*", "NotoSansSC*", "SourceHanSans*Regular*",
    "wqy-microhei*", "wqy-zenhei*", "DroidSansFallback*", "NotoSerifCJK-Regular*", "PingFang*",
    "Hiragino Sans GB*", "msyh.*", "simsun*", "uming*", "Arial Unicode*",
)  # fmt: skip
"""Files to look for, those with Chinese, Japanese and Korean signs behind."""
_SIMPLIFIED = "SC"
_MOST_FACES = 12


def font_for(text: str, size_px: int) -> ImageFont.FreeTypeFont:
    """The first that can write a text; where none can, Pillow's own, which shows boxes."""
    own = plain(size_px)
    if _can_write(own, text):
        return own
    fonts = (_from_file(path, size_px) for path in _installed())
    return next((font for font in fonts if _can_write(font, text)), own)


@cache
def plain(size_px: int) -> ImageFont.FreeTypeFont:
    """Pillow's own, which has English letters and figures."""
    return ImageFont.load_default(size_px)


def _can_write(font: ImageFont.FreeTypeFont, text: str) -> bool:
    """Whether no sign comes out as the box that stands for signs it does not have."""
    box = _drawn(font, "\U0010fffd")
    return all(sign.isspace() or sign.isascii() or _drawn(font, sign) != box for sign in set(text))


def _drawn(font: ImageFont.FreeTypeFont, sign: str) -> bytes:
    return bytes(font.getmask(sign))


@cache
def _installed() -> tuple[Path, ...]:
    """Searched for once."""
    return tuple(dict.fromkeys(_found()))


def _found() -> Iterator[Path]:
    folders = [Path(folder).expanduser() for folder in _FOLDERS]
    for name in _NAMES:
        for folder in folders:
            if folder.is_dir():
                yield from sorted(folder.rglob(name))


@cache
def _from_file(path: Path, size_px: int) -> ImageFont.FreeTypeFont:
    """Collections hold a face for each country; Chinese readers come first here."""
    first = ImageFont.truetype(path, size_px)
    if path.suffix.lower() not in {".ttc", ".otc"}:
        return first
    for index in range(_MOST_FACES):
        try:
            face = ImageFont.truetype(path, size_px, index)
        except OSError:
            break
        if _SIMPLIFIED in face.getname()[0].split():
            return face
    return first
