"""The path that everything hangs on, walked as a newcomer does, and the file that comes of it."""

import re
import time

import av
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.engine.harness import wait_until

pytestmark = pytest.mark.browser

UIDS = ("1001", "1002", "1003")
COLOURS = {"1001": (0x2F, 0x6F, 0xDE), "1002": (0xD9, 0x82, 0x2B), "1003": (0x2E, 0x9E, 0x6B)}
TONES_HZ = {"1001": 440.0, "1002": 550.0, "1003": 660.0}
SECONDS_ON_AIR = 6


def test_it_walks_from_the_one_time_link_to_the_recorded_file(
    product, open_context, complaints, tmp_path
):
    page = open_context().new_page()
    page.goto(product.invite)
    page.get_by_label("Password", exact=True).fill("a long first password")
    page.get_by_role("button", name="Set password").click()
    page.wait_for_url("**/channels")
    assert "welcome" not in page.url

    row = page.get_by_role("row").filter(has_text="studio-demo")
    expect(row).to_contain_text("Built-in engine")
    row.get_by_role("button", name="Start").click()
    expect(row).to_contain_text("Recording", timeout=5_000)
    expect(page).to_have_title(re.compile("1 on air"), timeout=10_000)
    expect(row.locator("img")).to_be_visible(timeout=10_000)
    first_picture = row.locator("img").get_attribute("src")
    elapsed = row.locator(".channel-elapsed")
    told = elapsed.inner_text()
    expect(elapsed).not_to_have_text(told)
    expect(row.locator("img")).not_to_have_attribute("src", first_picture, timeout=10_000)

    row.get_by_role("link", name="studio-demo", exact=True).click()
    expect(page.get_by_role("heading", name="studio-demo")).to_be_visible()
    for uid in UIDS:
        expect(page.get_by_text(uid).first).to_be_visible()
    expect(page.get_by_text("The recorder is in the channel").first).to_be_visible()
    time.sleep(SECONDS_ON_AIR)

    page.get_by_role("button", name="Stop").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("studio-demo")
    dialog.get_by_role("button", name="Stop").click()
    expect(page.locator(".recording-head")).to_contain_text("Completed", timeout=20_000)

    played_seconds = seek_in_player(page)
    assert played_seconds >= SECONDS_ON_AIR - 1
    link = page.get_by_role("link", name="MP4").first.get_attribute("href")
    assert_byte_ranges(page, product.address + link)
    with page.expect_download() as download:
        page.get_by_role("link", name="MP4").first.click()
    recorded = tmp_path / "recorded.mp4"
    download.value.save_as(recorded)
    assert_three_tiles(recorded)
    assert_each_tone(recorded)
    assert_flash_with_beep(recorded)
    assert not complaints


def seek_in_player(page) -> float:
    """Play, seek to the middle, see that the picture moves on from there. Returns the length."""
    video = page.locator("video")
    expect(video).to_be_visible(timeout=10_000)
    wait_until(lambda: video.evaluate("v => v.readyState >= 2"), what="the player to load")
    length = video.evaluate("v => v.duration")
    video.evaluate("v => { v.muted = true; v.currentTime = v.duration / 2; return v.play() }")
    wait_until(
        lambda: video.evaluate("v => v.currentTime") > length / 2 + 0.5, what="the picture to move"
    )
    return length


def assert_byte_ranges(page, address):
    reply = page.request.get(address, headers={"Range": "bytes=4-7"}, max_redirects=5)
    assert reply.status == 206
    assert reply.body() == b"ftyp"


def assert_three_tiles(path):
    """Best fit of three on 1280x720: quarters, the fourth one is background."""
    with av.open(str(path)) as media:
        frames = [frame for frame in media.decode(video=0)]
    picture = frames[len(frames) // 2].to_ndarray(format="rgb24")
    height, width = picture.shape[:2]
    corners = {"1001": (0, 0), "1002": (width // 2, 0), "1003": (0, height // 2)}
    for uid, (x, y) in corners.items():
        for dx, dy in ((3, 3), (width // 2 - 4, 3), (3, height // 2 - 4)):
            seen = picture[y + dy, x + dx].astype(int)
            assert np.abs(seen - COLOURS[uid]).max() < 14, (uid, dx, dy, seen)
    assert picture[height // 2 + 8 :, width // 2 + 8 :].max() < 24


def sound_of(path) -> np.ndarray:
    """Mono samples at 48 kHz."""
    with av.open(str(path)) as media:
        resampler = av.AudioResampler("flt", "mono", 48_000)
        parts = [
            part.to_ndarray().ravel()
            for frame in media.decode(audio=0)
            for part in resampler.resample(frame)
        ]
    return np.concatenate(parts)


def assert_each_tone(path):
    samples = sound_of(path)
    middle = samples[len(samples) // 3 : len(samples) // 3 + 48_000]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    floor = np.median(spectrum[200:2000])
    for uid, tone in TONES_HZ.items():
        peak = spectrum[round(tone) - 2 : round(tone) + 3].max()
        assert peak > 50 * floor, f"the tone of {uid} at {tone} Hz is not in the mix"


def assert_flash_with_beep(path):
    """Every two seconds all cards flash and beep; both begin within one frame of each other."""
    with av.open(str(path)) as media:
        rate = float(media.streams.video[0].average_rate)
        flashes = []
        dark = True
        for frame in media.decode(video=0):
            patch = frame.to_ndarray(format="gray")[16:44, 276:364]
            bright = patch.mean() > 150
            if bright and dark:
                flashes.append(frame.time)
            dark = not bright
    assert len(flashes) >= 2
    samples = sound_of(path)
    for at in flashes:
        assert abs(beep_near(samples, at) - at) <= 1.5 / rate, flashes


def beep_near(samples, at) -> float:
    """When the 1 kHz beep around `at` begins, in seconds."""
    first = max(0, int((at - 0.5) * 48_000))
    window = samples[first : first + 48_000]
    hop = 240
    spectrum = [
        np.abs(np.fft.rfft(window[i : i + 960] * np.hanning(960)))[20]
        for i in range(0, len(window) - 960, hop)
    ]
    loud = np.array(spectrum) > 0.5 * max(spectrum)
    return (first + (np.argmax(loud) * hop) + 480) / 48_000


def test_it_asks_a_stranger_to_sign_in(product, open_context):
    page = open_context().new_page()
    page.goto(f"{product.address}/recordings")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_it_lets_the_command_lines_administrator_in(product, open_context):
    page = open_context().new_page()
    sign_in(page, product)
    expect(page.get_by_role("heading", name="Channels")).to_be_visible()
