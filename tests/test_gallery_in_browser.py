"""The gallery opens in headless Chromium, on a phone's and on a desktop's screen, and nothing is broken.

Needs ``pip install playwright`` and a Chromium (Debian: ``apt install chromium-headless-shell``).
"""

from __future__ import annotations

import shutil

import gallery
import pytest

BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
SCREENS = {"phone": (375, 700), "desktop": (1280, 900)}

if CHROMIUM is None:
    pytest.skip("there is no Chromium: apt install chromium-headless-shell", allow_module_level=True)
playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as engine:
        running = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(params=SCREENS)
def screen(request, browser):
    width, height = SCREENS[request.param]
    page = browser.new_page(viewport={"width": width, "height": height})
    yield page
    page.close()


def opened(screen, path):
    """Show a page with all its images; what went wrong, in sentences."""
    wrong = []
    screen.on("console", lambda message: wrong.append(f"console: {message.text}"))
    screen.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    screen.on("requestfailed", lambda request: wrong.append(f"not found: {request.url}"))
    screen.goto(path.as_uri())
    screen.evaluate(LOAD_ALL)
    return wrong + [f"broken image: {name}" for name in screen.evaluate(BROKEN)]


LOAD_ALL = """async () => {
    for (const image of document.images) image.loading = "eager";
    await Promise.all([...document.images].map(image => image.decode().catch(() => {})));
}"""
BROKEN = "[...document.images].filter(i => !i.complete || !i.naturalWidth).map(i => i.getAttribute('src'))"


def test_nothing_is_broken(screen):
    assert opened(screen, gallery.DOCS / "index.html") == []
    assert screen.evaluate("document.images.length") > 60
    assert screen.evaluate("document.documentElement.scrollWidth") <= screen.viewport_size["width"]


def test_formulas_are_drawn_as_formulas(screen):
    opened(screen, gallery.DOCS / "index.html")
    fraction = screen.locator("#dice_loss mfrac").first
    above, below = (fraction.locator("> *").nth(i).bounding_box() for i in (0, 1))
    assert above["y"] + above["height"] <= below["y"] + 1


def test_figures_are_legible(screen):
    opened(screen, gallery.DOCS / "index.html")
    widths = screen.evaluate("[...document.images].map(image => image.getBoundingClientRect().width)")
    assert min(widths) >= 290


def test_a_link_of_the_guide_shows_the_loss(screen):
    opened(screen, gallery.DOCS / "index.html")
    screen.locator("#which-loss a[href='#diou_nms']").click()
    playwright.expect(screen.locator("#diou_nms h3")).to_be_in_viewport()


def test_a_broken_page_is_noticed(screen, tmp_path):
    path = tmp_path / "index.html"
    path.write_text("<img src='none.svg'><script>console.error('no'); nothing()</script>", encoding="utf-8")
    wrong = "\n".join(opened(screen, path))
    for part in ("console: no", "error: nothing is not", "not found: file:", "broken image: none.svg"):
        assert part in wrong
