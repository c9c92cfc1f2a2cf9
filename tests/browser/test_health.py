"""How recordings go, with the real engine: a store that refuses, a channel where nobody sends."""

import re

import pytest
import requests
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

EMPTY = "nobody-there"


@pytest.fixture
def engine(product):
    """A function that sets the engine's fault switches; all is well again afterwards."""
    told = (product.folder / "keys.env").read_text()
    keys = dict(line.strip().split("=", 1) for line in told.splitlines() if "=" in line)
    auth = tuple(keys[f"TALLYDECK_ENGINE_CUSTOMER_{name}"] for name in ("KEY", "SECRET"))
    address = f"http://127.0.0.1:{product.engine_port}/studio/v1/faults"

    def switch(**faults):
        requests.post(address, json=faults, auth=auth, timeout=5).raise_for_status()

    yield switch
    switch(storage_off=False)


@pytest.fixture
def page(product, open_context, signed_in_state):
    """The channels, with one more in which nobody is."""
    page = open_context(storage_state=signed_in_state).new_page()
    page.goto(f"{product.address}/channels/new")
    page.get_by_label("Channel name").fill(EMPTY)
    page.get_by_role("button", name="Add channel").click()
    page.wait_for_url("**/channels")
    yield page
    page.goto(f"{product.address}/channels")
    for button in page.get_by_role("button", name=re.compile("^Stop ")).all():
        button.click()
        page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name=re.compile("^Stop "))).to_have_count(0, timeout=30_000)


def test_it_tells_what_is_wrong_while_it_is_wrong(page, product, engine, complaints):
    engine(storage_off=True)
    rows = {name: page.get_by_role("row").filter(has_text=name) for name in (EMPTY, "studio-demo")}
    for name in rows:
        page.get_by_role("button", name=f"Start {name}").click()
        expect(rows[name]).to_contain_text("Recording")
    rows["studio-demo"].get_by_role("link", name="studio-demo", exact=True).click()

    opened_body(page)
    page.get_by_role("link", name=re.compile("^Commands")).click()
    expect(page.locator(".timeline > li")).to_have_count(2)
    page.get_by_role("link", name=re.compile("^All")).click()
    body = opened_body(page)
    page.evaluate("scrollTo(0, 200)")
    stage = page.locator("#recording-stage")
    before = stage.bounding_box()["y"]
    expect(page.locator("#health-storage_error")).to_contain_text("refuses", timeout=30_000)
    expect(body).to_be_visible()
    assert abs(stage.bounding_box()["y"] - before) < 2

    page.goto(f"{product.address}/channels")
    expect(rows["studio-demo"]).to_contain_text("storage refused")
    expect(rows[EMPTY]).to_contain_text("Nobody is publishing", timeout=20_000)
    assert not complaints


def opened_body(page):
    """The raw body of the callback that the recorder has come in."""
    line = page.locator(".timeline-callback").filter(has_text="The recorder is in the channel")
    if line.locator("details[open]").count() == 0:
        line.locator("summary").click()
    body = line.locator("pre")
    expect(body).to_contain_text('"eventType": 40')
    return body
