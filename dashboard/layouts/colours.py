"""How colours are written in layouts."""

import re

COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
