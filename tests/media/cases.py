"""The layouts that are recorded: every preset with every number of people, and made-up ones."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from dashboard.layouts.document import Preset
from dashboard.layouts.families import FAMILIES, FOCUSED, MOST_PEOPLE, Family
from tests.media.solid import BACKGROUNDS, PEOPLE

SEED = 20_260
CUSTOM = 50
AWAY = "9999"
DARK = frozenset(PEOPLE[1:3])
"""Their cameras are off; they keep their windows."""
SMALLEST = 30_000
"""Of a made-up region's side, in millionths: ten pixels of the smallest side we record."""


@dataclass(frozen=True)
class Case:
    """layout: its JSON. people: uids in the order they joined. dark: whose camera is off."""

    name: str
    family: Family
    layout: dict[str, Any]
    people: tuple[str, ...]
    dark: frozenset[str] = frozenset()

    def shows(self, uid: str) -> bool:
        return uid not in self.dark


def presets() -> Iterator[Case]:
    """Each preset of each family at each number of people it has windows for."""
    for family in FAMILIES.values():
        for preset in family.presets:
            if preset is Preset.CUSTOM:
                continue
            for variant in _variants(preset):
                for count in range(1, MOST_PEOPLE[preset] + 1):
                    yield _preset(family, preset, variant, count)
                dark = _preset(family, preset, variant, 7)
                yield replace(dark, name=f"{dark.name}, two dark", dark=DARK)


def _variants(preset: Preset) -> list[dict[str, str]]:
    if preset not in FOCUSED:
        return [{}]
    found = [{}, {"focus_uid": PEOPLE[0]}, {"focus_uid": AWAY}]
    if preset is Preset.SCREEN_SHARE:
        found.append({"focus_uid": PEOPLE[0], "focus_side": "right"})
    return found


def _preset(family: Family, preset: Preset, variant: dict[str, str], count: int) -> Case:
    name = " ".join([preset, *variant.values(), f"for {count}"])
    layout = {"preset": preset.value, "background": BACKGROUNDS[count % 2], **variant}
    return Case(name, family, layout, PEOPLE[:count])


def custom() -> Iterator[Case]:
    """Regions anywhere, some over each other, some for nobody in particular or for one away."""
    dice = random.Random(SEED)  # noqa: S311 - the same layouts on every run
    for number in range(CUSTOM):
        family = FAMILIES[dice.choice(sorted(FAMILIES))]
        first, *others = people = PEOPLE[: dice.randint(1, family.most_regions)]
        owners = dice.sample([*others, AWAY], k=dice.randint(0, len(others)))
        regions = [_region(dice, owner, family) for owner in owners]
        regions.append(_region(dice, first, family) | {"uid": first, "hidden": False})
        layout = {"preset": "custom", "background": dice.choice(BACKGROUNDS), "regions": regions}
        yield Case(f"custom {number}", family, layout, people)


def _region(dice: random.Random, owner: str, family: Family) -> dict[str, Any]:
    left, right = _stretch(dice)
    top, bottom = _stretch(dice)
    return {
        "uid": dice.choice([owner, owner, owner, None]),
        "x": left / 10**6,
        "y": top / 10**6,
        "w": (right - left) / 10**6,
        "h": (bottom - top) / 10**6,
        "opacity": 1,
        "fit": dice.choice([fit for fit in family.fits if fit != "smart"]),
        "hidden": dice.random() < 0.05,
    }


def _stretch(dice: random.Random) -> tuple[int, int]:
    """From and to, in millionths: odd decimals, simple fractions, or up to the canvas' edge."""
    while True:
        one, two = sorted(_point(dice) for _ in range(2))
        if two - one >= SMALLEST:
            return one, two


def _point(dice: random.Random) -> int:
    parts = dice.choice([0, 0, 1, 3, 7, 16, 1280])
    if not parts:
        return dice.randint(0, 10**6)
    return round(dice.randint(0, parts) * 10**6 / parts)
