"""Makes presets.json and pixels.json from the vendors' formulas, in exact fractions.

Run by hand when a formula changes (`python tests/data/layouts/generate.py`), never by the
tests, and without a line of the code that they test. The formulas are those of
agora-anyrtc.md section 12 and trtc.md section 8; the other files here are written by hand.
"""

import json
from fractions import Fraction as F
from pathlib import Path

HERE = Path(__file__).parent
PEOPLE = [str(1001 + i) for i in range(27)]
FULL = (F(0), F(0), F(1), F(1))
CANVASES = [(640, 360), (1280, 720), (1920, 1080), (360, 640), (854, 480), (426, 240), (2, 2)]
PIXEL_COUNTS = [1, 2, 3, 5, 7, 9, 10, 16, 17, 18, 25]


def cells(columns, rows, count):
    w, h = F(1, columns), F(1, rows)
    return [(i % columns * w, i // columns * h, w, h) for i in range(count)]


def floats(count, k, s, g):
    s, g = F(s), F(g)
    return [(g + i % k * (s + g), 1 - (i // k + 1) * (s + g), s, s) for i in range(count)]


def best_fit(n):
    if n == 17:
        rows = [(F(1, 10) + F(i % 4, 5), F(i // 4, 5), F(1, 5), F(1, 5)) for i in range(16)]
        return [*rows, (F(2, 5), F(4, 5), F(1, 5), F(1, 5))]
    table = {
        1: (1, 1),
        2: (2, 1),
        **dict.fromkeys((3, 4), (2, 2)),
        **dict.fromkeys(range(5, 10), (3, 3)),
        **dict.fromkeys(range(10, 17), (4, 4)),
    }
    return cells(*table[n], n)


def grid(n):
    table = {
        1: (1, 1),
        2: (2, 1),
        **dict.fromkeys((3, 4), (2, 2)),
        **dict.fromkeys(range(5, 10), (3, 3)),
        **dict.fromkeys(range(10, 17), (4, 4)),
        **dict.fromkeys(range(17, 26), (5, 5)),
    }
    return cells(*table[n], n)


def share(n):
    """The big window and n - 1 small ones; also the measures of Agora's vertical layout."""
    if n <= 5:
        w, h, big_w, big_h = F(1, 5), F(1, 4), F(4, 5), F(1)
    elif n <= 7:
        w, h, big_w, big_h = F(1, 7), F(1, 6), F(6, 7), F(1)
    elif n <= 9:
        w, h, big_w, big_h = F(1, 9), F(1, 8), F(8, 9), F(1)
    else:
        w, h, big_w, big_h = F(1, 10), F(1, 8), F(4, 5), F(1) if n <= 17 else F(7, 8)
    q = int(1 / h)
    small = []
    for i in range(n - 1):
        right = (big_w + i // q * w, i % q * h, w, h)
        small.append(right if i < 16 else ((i - 16) * w, F(7, 8), w, h))
    return [(F(0), F(0), big_w, big_h), *small]


def mirrored(rects):
    return [(1 - x - w, y, w, h) for x, y, w, h in rects]


def trtc_floating(n):
    small = floats(n - 1, 4, "0.235", "0.012") if n <= 17 else floats(n - 1, 5, "0.188", "0.010")
    return [FULL, *small]


def windows(uids, rects, fits=None):
    fits = fits or ["fill"] * len(rects)
    return list(zip(uids, rects, fits, strict=True))


def with_focus(measure, most, n, focus, fit):
    """Windows when `focus` is chosen, None for nobody, of n people in join order."""
    there = PEOPLE[:n]
    others = [uid for uid in there if uid != focus][: most - 1]
    rects = measure(1 + len(others))
    large = focus if focus in there else None
    return windows([large, *others], rects, [fit] + ["fill"] * len(others))


def cases():
    for n in range(1, 19):
        seen = PEOPLE[: min(n, 17)]
        yield (
            "floating",
            n,
            None,
            "left",
            windows(seen, [FULL, *floats(len(seen) - 1, 4, "0.235", "0.012")]),
        )
        yield "best_fit", n, None, "left", windows(seen, best_fit(len(seen)))
        if n == 1:
            yield "vertical", 1, None, "left", windows(seen, [FULL])
            yield "vertical", 1, "1001", "left", windows(seen, [FULL], ["contain"])
        else:
            yield "vertical", n, None, "left", with_focus(share, 17, n, None, "contain")
            yield "vertical", n, "1002", "left", with_focus(share, 17, n, "1002", "contain")
        yield "vertical", n, "9", "left", with_focus(share, 17, n, "9", "contain")
    for n in range(1, 27):
        seen = PEOPLE[: min(n, 25)]
        yield "grid", n, None, "left", windows(seen, grid(len(seen)))
        yield "trtc_floating", n, None, "left", windows(seen, trtc_floating(len(seen)))
        yield "trtc_floating", n, "9", "left", with_focus(trtc_floating, 25, n, "9", "fill")
        yield "screen_share", n, None, "left", with_focus(share, 25, n, None, "fill")
        yield (
            "screen_share",
            n,
            "1001",
            "right",
            [
                (uid, *mirrored([rect]), fit)
                for uid, rect, fit in with_focus(share, 25, n, "1001", "fill")
            ],
        )
        if n > 1:
            yield (
                "trtc_floating",
                n,
                "1002",
                "left",
                with_focus(trtc_floating, 25, n, "1002", "fill"),
            )
            yield "screen_share", n, "1002", "left", with_focus(share, 25, n, "1002", "fill")


def six(value):
    return float(F(int(value * 10**6 + F(1, 2)), 10**6))


def even(value):
    return 2 * int((value + 1) // 2)


def pixels(rect, canvas):
    """Edges to the nearest even pixel, halves up; None if less than 2 are left."""
    (x, y, w, h), (width, height) = rect, canvas
    left, right = even(x * width), min(width, even((x + w) * width))
    top, bottom = even(y * height), min(height, even((y + h) * height))
    return [left, top, right - left, bottom - top] if right > left and bottom > top else None


def write(name, key, rows):
    lines = ",\n".join(json.dumps(row) for row in rows)
    (HERE / name).write_text(f'{{"{key}": [\n{lines}\n]}}\n')


def main():
    presets, drawn = [], []
    for preset, people, focus, side, placed in cases():
        facts = {"preset": preset, "people": people, "focus": focus, "side": side}
        presets.append(
            {**facts, "windows": [[uid, *map(six, rect), fit] for uid, rect, fit in placed]}
        )
        if people in PIXEL_COUNTS and focus != "9":
            drawn += [
                {
                    **facts,
                    "canvas": canvas,
                    "pixels": [pixels(rect, canvas) for _, rect, _ in placed],
                }
                for canvas in CANVASES
            ]
    write("presets.json", "cases", presets)
    write("pixels.json", "cases", drawn)


if __name__ == "__main__":
    main()
