"""What a person does to make a schedule."""

from playwright.sync_api import Page


def make_schedule(page: Page, address: str, title: str) -> None:
    """Daily at 02:30 in Berlin, over the night on which the clocks jump. Ends on its page."""
    page.goto(f"{address}/schedules/new")
    fill_in(page, title)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(r"**/schedules/*")


def fill_in(page: Page, title: str) -> None:
    page.get_by_label("Name").fill(title)
    page.get_by_label("Channel", exact=True).select_option("studio-demo")
    page.get_by_label("Daily").check()
    page.get_by_label("First day").fill("2027-03-26")
    page.get_by_label("Start", exact=True).fill("02:30")
    page.get_by_label("Time zone").fill("Europe/Berlin")
    page.get_by_label("End", exact=True).fill("04:30")
