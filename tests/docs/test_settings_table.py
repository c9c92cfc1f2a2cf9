"""docs/settings.md says what the code takes: every setting, its default, nothing else."""

import re
from pathlib import Path

from dashboard.settings import PREFIX, Settings

TABLE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
ROW = re.compile(rf"^\| `{PREFIX}(\w+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)


def documented():
    return {name.lower(): (default, meaning) for name, default, meaning in ROW.findall(TABLE)}


def test_it_lists_every_setting_and_no_other():
    assert set(documented()) == set(Settings.model_fields)


def test_it_tells_each_default():
    for name, setting in Settings.model_fields.items():
        default = setting.default
        shown = default.get_secret_value() if hasattr(default, "get_secret_value") else default
        expected = f"`{shown}`" if shown not in ("", None) else ""
        assert documented()[name][0] == expected, name


def test_it_tells_each_meaning_in_the_codes_words():
    for name, setting in Settings.model_fields.items():
        assert documented()[name][1] == setting.description, name
