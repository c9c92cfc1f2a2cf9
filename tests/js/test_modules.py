"""Every file of tests of the pure modules, run in Chromium."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
SUITES = sorted((HERE / "layout").glob("*.js"))

RUN = """async address => {
  const { run } = await import("/tests/js/check.js")
  return run(address)
}"""


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.stem)
def test_it_passes_in_the_browser(page, suite):
    found = page.evaluate(RUN, f"/tests/js/layout/{suite.name}")
    assert found["count"] > 0
    assert not found["failures"], "\n".join(found["failures"])
