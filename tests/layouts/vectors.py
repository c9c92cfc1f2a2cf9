"""The vectors that Python and JavaScript both have to meet: tests/data/layouts/*.json."""

import json
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "layouts"


def load(name):
    return json.loads((FOLDER / f"{name}.json").read_text())
