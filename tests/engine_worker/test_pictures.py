"""Still images as the recorder opens them."""

import numpy as np
import pytest
from PIL import Image

from dashboard.engine.worker.pictures import Pictures
from dashboard.layouts.geometry import Size

CANVAS = Size(320, 180)


def kept(tmp_path, image, name="a.png", **options):
    path = tmp_path / name
    image.save(path, **options)
    return Pictures({"a": str(path)}, CANVAS)


@pytest.mark.parametrize(
    ("size", "opened"),
    [((100, 50), (100, 50)), ((640, 360), (320, 180)), ((4000, 400), (1800, 180)),
     ((400, 4000), (320, 3200)), ((320, 180), (320, 180)), ((1, 1), (2, 2)), ((33, 21), (32, 20))],
)  # fmt: skip
def test_it_opens_no_more_than_covers_the_canvas(tmp_path, size, opened):
    frame = kept(tmp_path, Image.new("RGB", size, "#2F6FDE")).frame("a", "#000000")
    assert (frame.width, frame.height) == opened
    pixels = frame.to_ndarray(format="rgb24", src_colorspace="ITU709").astype(int)
    assert np.abs(pixels - [0x2F, 0x6F, 0xDE]).max() <= 4


@pytest.mark.parametrize("mode", ["L", "P", "LA", "RGBA", "1", "CMYK", "I;16"])
def test_it_opens_every_kind_of_picture(tmp_path, mode):
    name = "a.jpg" if mode == "CMYK" else "a.png"
    frame = kept(tmp_path, Image.new(mode, (64, 36)), name).frame("a", "#FFFFFF")
    assert (frame.width, frame.height, frame.format.name) == (64, 36, "yuv420p")


def test_it_stands_photographs_upright(tmp_path):
    photograph = Image.new("RGB", (64, 36), "#C02020")
    photograph.paste("#2030B0", (0, 0, 32, 36))
    turned = photograph.getexif()
    turned[0x0112] = 6  # the camera was held upright: the left is the top
    frame = kept(tmp_path, photograph, "a.jpg", exif=turned, quality=95).frame("a", "#000000")
    assert (frame.width, frame.height) == (36, 64)
    pixels = frame.to_ndarray(format="rgb24", src_colorspace="ITU709")
    assert pixels[4:28].mean((0, 1))[2] > 150 > 80 > pixels[36:60].mean((0, 1))[2]


def test_a_frame_is_made_once_and_forgotten_with_its_layout(tmp_path):
    pictures = kept(tmp_path, Image.new("RGBA", (64, 36)))
    one = pictures.frame("a", "#FFFFFF")
    assert pictures.frame("a", "#FFFFFF") is one
    pictures.keep(["a"], "#FFFFFF")
    assert pictures.frame("a", "#FFFFFF") is one
    pictures.keep(["b"], "#FFFFFF")
    assert pictures.frame("a", "#FFFFFF") is not one
    assert pictures.frame("b", "#FFFFFF") is None
