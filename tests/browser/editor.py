"""The layout editor as an operator meets it: where things are, and what one does with them."""

from playwright.sync_api import Page, expect

CANVAS = (1280, 720)


class Editor:
    """Places are pixels of the recorded picture, origin top left."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.open()

    def open(self) -> None:
        self.page.goto(self.address)
        self.wait()

    def wait(self) -> None:
        self.page.locator("#layout-editor[data-ready]").wait_for()

    # ------------------------------------------------------------ what is there

    def button(self, name: str):
        return self.page.get_by_role("button", name=name, exact=True)

    def field(self, name: str):
        return self.page.locator(f"[data-field={name}]")

    def region(self, name: str):
        return self.page.locator(f'[data-canvas] [data-region][aria-label^="{name}:"]')

    def place(self, name: str) -> tuple[float, float, float, float]:
        """Where a region is drawn: x, y, width, height."""
        return tuple(
            self.region(name).evaluate(
                """node => {
                  const [, x, y] = node.getAttribute("transform").match(/([\\d.]+) ([\\d.]+)/)
                  const ground = node.querySelector("[data-part=ground]")
                  const size = ["width", "height"].map(name => ground.getAttribute(name))
                  return [x, y, ...size].map(Number)
                }"""
            )
        )

    def expect_place(self, name: str, x: float, y: float, w: float, h: float) -> None:
        expect(self.region(name)).to_have_attribute("aria-label", words(name, x, y, w, h))

    @property
    def bar(self):
        return self.page.get_by_role("region", name="Applied and draft")

    @property
    def outcome(self):
        return self.page.locator("#layout-outcome")

    # ------------------------------------------------------------ what one does

    def by_hand(self) -> None:
        """From whatever preset holds to regions."""
        self.page.get_by_role("tab", name="Layout", exact=True).click()
        self.button("Turn into editable regions").click()

    def choose(self, name: str) -> None:
        """From the list, so that nothing on the canvas can be in the way."""
        self.page.locator("[data-order]").get_by_role("button", name=name, exact=True).click()

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place of the picture on the screen."""
        box = self.page.locator("[data-canvas]").bounding_box()
        return (
            box["x"] + x * box["width"] / CANVAS[0],
            box["y"] + y * box["height"] / CANVAS[1],
        )

    def drag(self, start, end, *, drop: bool = True, keys: tuple[str, ...] = ()) -> None:
        mouse, keyboard = self.page.mouse, self.page.keyboard
        mouse.move(*self.at(*start))
        mouse.down()
        for key in keys:
            keyboard.down(key)
        mouse.move(*self.at(*end), steps=6)
        self.next_frame()
        if drop:
            mouse.up()
        for key in keys:
            keyboard.up(key)

    def next_frame(self) -> None:
        self.page.evaluate("() => new Promise(requestAnimationFrame)")

    def apply(self) -> None:
        self.page.locator("[data-apply]").click()

    def applied(self) -> None:
        """Apply, and wait until it holds."""
        self.apply()
        expect(self.bar).to_contain_text("The draft is what is applied.")


def words(name: str, x: float, y: float, w: float, h: float) -> str:
    return f"{name}: x {x:g}, y {y:g}, {w:g} × {h:g}"
