"""Somebody who uses the product in a browser of his own."""

from __future__ import annotations

import inspect
import re
import secrets
import time

from playwright.sync_api import Locator, expect

from hengwei.channels.actions.outgoing import FRESH

from .conftest import PASSWORD, Product

# A busy machine answers late; what is there at once is not waited for.
expect.set_options(timeout=20_000)

NUMBER = re.compile(r"[A-Z]+-\d{4}-\d{6}")
#: What the page does by itself and not because somebody pressed something.
BY_ITSELF = ("/presence", "/draft", "/merge-preview", "/preview")


def fresh(words: str) -> str:
    """Words that nobody used before."""
    return f"{words} {secrets.token_hex(2)}"


class Person:
    """Signed in, in a language of his choice; what is wrong with the pages he sees is said when he leaves."""

    def __init__(self, browser, product: Product, username: str, language: str, width: int = 1280):
        kept = product.signed_in.get(username)
        self.context = browser.new_context(viewport={"width": width, "height": 844}, reduced_motion="reduce", storage_state=kept)
        self.page = self.context.new_page()
        self.product = product
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        # Who has signed in once goes on with his session, as a person does.
        mine = self.page.request.get(f"{product.url}/account/me").text() if kept else ""
        if 'data-csrf="' in mine:
            token = mine.partition('data-csrf="')[2].partition('"')[0]
        else:
            self.page.goto(f"{product.url}/account/login/")
            self.page.fill("#id_login", username)
            self.page.fill("#id_password", PASSWORD)
            self.page.click("button.btn-primary")
            self.page.wait_for_url(lambda url: "/login" not in url)
            product.signed_in[username] = self.context.storage_state()
            token = self.page.evaluate("document.body.dataset.csrf")
        #: For what is sent without the clicks.
        self.token = token
        self.page.request.post(f"{product.url}/language", form={"language": language, "csrfmiddlewaretoken": token}, headers={"Referer": product.url})

    def go(self, path: str):
        answer = self.page.goto(self.product.url + path)
        assert answer is not None
        assert answer.status == 200, path
        return self.page

    def until(self, found, seconds: float = 30) -> None:
        """The page is asked for anew till it is there: what a job does first, such as the search's index, is through then."""
        end = time.monotonic() + seconds
        while not found.count() and time.monotonic() < end:
            self.page.wait_for_timeout(250)
            # Not `reload`, which fails while the page before is still being put away.
            self.page.goto(self.page.url)
        expect(found.first).to_be_visible()

    def calls(self, path: str, *, method: str = "POST", **data: object) -> dict:
        """What prepares a walk and is not its matter, by the REST API with this session."""
        answer = self.page.request.fetch(
            f"{self.product.url}/api/v1{path}", method=method, data=data or None, headers={"X-CSRFToken": self.token, "Referer": self.product.url},
        )
        assert answer.ok, answer.text()[:2000]
        return answer.json()

    def posts(self, path: str, **form: str) -> None:
        """Send a form that is not the matter of the walk."""
        answer = self.page.request.post(f"{self.product.url}{path}", form={**form, "csrfmiddlewaretoken": self.token}, headers={"Referer": self.product.url})
        assert answer.ok, answer.text()[:2000]

    def pk_of(self, who: str) -> str:
        """The key of somebody, found by name or user name as the desk finds callers."""
        return str(self.page.request.get(f"{self.product.url}/pick/org.person", params={"q": who}).json()["rows"][0]["value"])

    def press(self, button: Locator) -> None:
        """Press what sends a form, and wait until the page shows its outcome."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST" and not answer.url.endswith(BY_ITSELF)):
            button.click()
        self.page.wait_for_load_state()
        self.page.wait_for_selector(".htmx-request, .htmx-settling, .htmx-swapping", state="detached")

    def picks(self, field: str | Locator, words: str) -> None:
        """Find one of very many by a part of his name, and take the first that is offered."""
        one = self.page.locator(field) if isinstance(field, str) else field
        one.fill(words)
        expect(self.page.locator(".found [role=option]:visible", has_text=words).first).to_be_visible()
        one.press("Enter")
        expect(self.page.locator(".found:visible")).to_have_count(0)

    def menu(self, name: str) -> None:
        """Choose a line of the item's menu."""
        self.page.locator("#head details.menu > summary").click()
        self.page.locator(f"#head [data-dialog={name}]").click()
        expect(self.page.locator(f"dialog#{name}")).to_be_visible()

    def accessible(self) -> None:
        """Nothing serious by axe on the page as it stands; said at the end, all together. Once for a place of a walk: both languages have one page."""
        asker = inspect.stack()[1]
        place = (asker.filename, asker.lineno, re.sub(r"\d+", "", self.page.url.removeprefix(self.product.url)))
        if place in self.product.checked:
            return
        self.product.checked.add(place)
        from axe_playwright_python.sync_playwright import Axe

        # While something is sent its button is dimmed on purpose.
        self.page.wait_for_selector(".htmx-request, .htmx-settling, .htmx-swapping", state="detached")
        asked = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
        found = Axe().run(self.page, options=asked).response["violations"]
        self.errors += [f"{self.page.url} {v['id']}: {n['html'][:160]}" for v in found if v["impact"] in ("serious", "critical") for n in v["nodes"][:3]]

    def close(self) -> None:
        assert not self.errors, "\n".join(self.errors)
        self.context.close()

    def logs(self, title: str, *, who: str = "李倩", take: bool = False, **fields: str) -> str:
        """An incident logged as by telephone, without the clicks; its number."""
        requester = self.pk_of(who)
        form = {"requester": requester, "title": title, "kind": "incident", "csrfmiddlewaretoken": self.token, **({"take": "1"} if take else {}), **fields}
        answer = self.page.request.post(f"{self.product.url}/desk/new", form=form, headers={"Referer": self.product.url})
        assert "/items/" in answer.url, answer.text()[:2000]
        return answer.url.rsplit("/", 1)[1]


def with_mail(browser, product: Product) -> None:
    """The department's mail leaves through the test's own server, as the manager sets it up; once a product."""
    if "mail" in product.signed_in:
        return
    manager = Person(browser, product, "yangjing", "zh-hans")
    page = manager.go("/mail/")
    page.get_by_role("link", name="help@hengwei.example").click()
    page.fill("#id_smtp_host", "127.0.0.1")
    page.fill("#id_smtp_port", str(product.smtp_out))
    page.select_option("#id_smtp_security", "none")
    page.click("main button.btn-primary")
    page.wait_for_load_state()
    # The worker asks only so often whether anything sends: what happens till then is told by nobody's mail.
    page.wait_for_timeout(FRESH * 1000)
    product.signed_in["mail"] = True
    manager.close()


def link_in(message, part: str, product: Product) -> str:
    """The address in a message that holds this part, at the product that runs."""
    found = re.search(rf"http\S+{part}[^\s)\]]*", message.get_body(("plain",)).get_content())
    assert found, message.get_body(("plain",)).get_content()
    return re.sub(r"^http://[^/]+", product.url, found[0])
