"""Pictures of every page of the panel and of the shop, to look at: ``python -m tests.screenshots``.

Needs a running demo (``make demo``) and a Chromium; it is no test, and asserts nothing. It does say what the
browser's console complained of and which pages are wider than the screen.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, sync_playwright

PASSWORD = os.environ.get("DEMO_PASSWORD", "fern-and-kettle")
WIDTHS = (1440, 390)
SCHEMES = ("light", "dark")
PANEL = {
    "overview": "/admin/insights/",
    "customers": "/admin/insights/customers/",
    "segments": "/admin/insights/segments/",
    "traffic": "/admin/insights/traffic/",
    "training": "/admin/insights/training/",
    "data": "/admin/insights/data/",
    "live": "/admin/insights/data/live/",
    "bots": "/admin/insights/data/bots/",
    "duplicates": "/admin/insights/data/duplicates/",
    "reconciliation": "/admin/insights/data/reconciliation/",
    "privacy": "/admin/insights/privacy/",
    "access-log": "/admin/insights/privacy/access-log/",
    "ask": "/admin/insights/ask/",
}
# A page, and the first link on it that leads to a page worth a picture of its own.
FOUND = {
    "customer": ("customers", ".ins-table tbody th a"),
    "quarantined": ("data", "#quarantine .ins-table a[href*='/quarantine/']"),
    "run": ("training", ".ins-run .ins-table tbody th a[href*='/run']"),
}
SHOP = {
    "home": "/",
    "everything": "/all/",
    "search": "/search/?q=tea",
    "basket": "/basket/",
    "account": "/account/",
    "about": "/about/",
    "delivery": "/delivery/",
    "shop-privacy": "/privacy/",
}
SHOP_FOUND = {"product": ("everything", "a[href*='/p/']"), "category": ("home", "a[href*='/c/']")}


def sign_in(page: Page, address: str, user: str) -> None:
    """Fill in the form of a sign-in page, the admin's or the shop's."""
    page.goto(address)
    page.fill("[name=username]", user)
    page.fill("[name=password]", PASSWORD)
    # A page may hold other forms (language, search): only the one with the password is sent.
    page.locator("form:has([name=password]) :is(button, [type=submit])").first.click()
    page.wait_for_load_state()


def addresses(page: Page, base: str, known: dict[str, str], found: dict[str, tuple[str, str]]) -> dict[str, str]:
    """The paths of all pages: the known ones, and those behind the first link of another page."""
    paths = dict(known)
    for name, (start, selector) in found.items():
        page.goto(base + known[start])
        links = page.locator(selector)
        if links.count():
            target = urlsplit(page.evaluate("link => link.href", links.first.element_handle()))
            paths[name] = target.path
    return paths


def groupings(page: Page, base: str) -> dict[str, str]:
    """The ways to group on the page of the segments, beside the first."""
    page.goto(base + PANEL["segments"])
    links = page.locator(".ins-head .ins-seg a").evaluate_all("all => all.map(a => a.pathname + a.search)")
    return {f"segments-{place}": path for place, path in enumerate(links[1:], start=2)}


def shoot(page: Page, base: str, paths: dict[str, str], out: Path, mark: str) -> Iterator[str]:
    """Save a picture of each page, whole, and yield what is wrong with it."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    for name, path in paths.items():
        answer = page.goto(base + path)
        if answer is not None and not answer.ok:
            yield f"{name}-{mark}: status {answer.status}"
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            yield f"{name}-{mark}: {wider} px wider than the screen"
        page.screenshot(path=out / f"{name}-{mark}.png", full_page=True)
        yield from (f"{name}-{mark}: console: {text}" for text in heard)
        heard.clear()


def main() -> None:
    """Sign in, and save a picture of every page in both themes and both widths."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__.splitlines()[0])
    parser.add_argument("--base", default="http://127.0.0.1:8000", help="where the demo runs")
    parser.add_argument("--out", type=Path, default=Path("screenshots"), help="the folder for the pictures")
    parser.add_argument("--language", default="en", help="en or zh-hans")
    parser.add_argument("--only", nargs="*", help="names of pages; all by default")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    base = options.base.rstrip("/")
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for user, entry, known, found in (
            ("admin", "/admin/login/", PANEL, FOUND),
            ("maya@example.com", "/account/sign-in/", SHOP, SHOP_FOUND),
        ):
            signed: BrowserContext = browser.new_context()
            page = signed.new_page()
            sign_in(page, base + entry, user)
            paths = addresses(page, base, known, found)
            if known is PANEL:
                paths |= groupings(page, base)
            state = signed.storage_state()
            signed.close()
            if options.only:
                paths = {name: path for name, path in paths.items() if name in options.only}
            for width in WIDTHS if paths else ():
                for scheme in SCHEMES:
                    context = browser.new_context(
                        storage_state=state, viewport={"width": width, "height": 900}, color_scheme=scheme
                    )
                    context.add_cookies([{"name": "django_language", "value": options.language, "url": base}])
                    for line in shoot(context.new_page(), base, paths, options.out, f"{width}-{scheme}"):
                        print(line)
                    context.close()
        browser.close()


if __name__ == "__main__":
    main()
