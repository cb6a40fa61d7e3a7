"""Pictures of the screens that matter, in both languages, from a running sample company.

    python tools/pictures.py http://127.0.0.1:8000 docs/pictures [--all]

Needs Chromium. With --all also phone and dark; without it only what the documents show.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PASSWORD = "hengwei-demo"
#: name: (who signs in, address, what to wait for)
SCREENS = {
    "queue": ("wangmin", "/items?view=open", ".queue"),
    "item": ("wangmin", "FIRST", "#timeline"),
    "clock": ("wangmin", "CLOCK", ".clock-axis"),
    "board": ("chenjie", "/board", ".people-board"),
    "portal": ("liqian", "/portal/", "#offers"),
    "ask": ("liqian", "/portal/new/vpn", "form"),
    "new": ("wangmin", "/desk/new", "form"),
    "search": ("wangmin", "/search?q=打印机", "#main"),
    "follow-ups": ("chenjie", "/desk/follow-ups?whose=all", "#main"),
    "notices": ("wangmin", "/notices", "#main"),
    "choose": ("wangmin", "/notices/choose", "form"),
    "regulation": ("yangjing", "/regulations/2", "#main"),
    "knowledge": ("yangjing", "/knowledge/", "#main"),
    "analysis": ("yangjing", "/reports/analysis", "#main"),
    "mail": ("yangjing", "/mail/", "#main"),
    "mailbox": ("yangjing", "/mail/1", "form"),
    "messages": ("yangjing", "/mail/in", "#main"),
}


def sign_in(page: Page, base: str, who: str) -> None:
    page.goto(f"{base}/account/login/")
    page.fill("#id_login", who)
    page.fill("#id_password", PASSWORD)
    page.click("button.btn-primary")
    page.wait_for_url(lambda url: "/login" not in url)


def resolve(page: Page, base: str, address: str) -> str:
    """FIRST: the first open item of the queue; CLOCK: the first clock of that item."""
    if address not in ("FIRST", "CLOCK"):
        return base + address
    page.goto(f"{base}/items?view=open&phase=active&kind=incident")
    first = page.locator(".queue a.title").first.get_attribute("href")
    if address == "FIRST":
        return base + str(first)
    page.goto(base + str(first))
    return base + str(page.locator(".clocks a").first.get_attribute("href"))


def take(browser: Browser, base: str, target: Path, *, everything: bool, only: set[str]) -> None:
    looks = [("zh", "light", 1280, 800), ("en", "light", 1280, 800)]
    if everything:
        looks += [("zh", "dark", 1920, 1080), ("zh", "light", 390, 844), ("en", "dark", 390, 844)]
    for language, theme, width, height in looks:
        for who in sorted({who for who, *_ in SCREENS.values()}):
            wanted = {n: s for n, s in SCREENS.items() if s[0] == who and (not only or n in only)}
            if not wanted:
                continue
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, locale="zh-CN" if language == "zh" else "en-GB")  # type: ignore[arg-type]
            page = context.new_page()
            page.on("pageerror", lambda error: print("script:", error))
            page.on("console", lambda m: print("console:", m.text) if m.type == "error" else None)
            sign_in(page, base, who)
            token = page.evaluate("document.body.dataset.csrf")
            for path, form in (("language", {"language": "zh-hans" if language == "zh" else "en"}), ("theme", {"theme": theme})):
                page.request.post(f"{base}/{path}", form={**form, "csrfmiddlewaretoken": token}, headers={"Referer": base})
            for name, (_who, address, wait) in wanted.items():
                answer = page.goto(resolve(page, base, address))
                if answer is None or answer.status >= 400:
                    print(name, answer.status if answer else "no answer")
                    continue
                page.wait_for_selector(wait)
                page.wait_for_timeout(250)
                suffix = f"{language}{'' if theme == 'light' else '-dark'}{'' if width == 1280 else f'-{width}'}"
                page.screenshot(path=str(target / f"{name}-{suffix}.png"), full_page=width == 390)
            context.close()


def main() -> None:
    base, target = sys.argv[1].rstrip("/"), Path(sys.argv[2])
    only = {a for a in sys.argv[3:] if not a.startswith("--")}
    target.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        take(browser, base, target, everything="--all" in sys.argv, only=only)
        browser.close()


if __name__ == "__main__":
    main()
