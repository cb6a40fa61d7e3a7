"""What comes by itself, in both languages: the day's digest, the morning's reminder of reviews, the calls that a plan owes each month."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .people import Person, fresh, link_in, with_mail

pytestmark = [pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])
#: What the timers do, without waiting for their hour.
DIGESTS = "from hengwei.channels.actions.notices import send_held; send_held(timezone.now() + timedelta(days=2))"
MORNING = "from hengwei.knowledge.jobs import remind; remind(timezone.now())"
PLANS = "from hengwei.desk.actions.follow_ups import by_calendar; by_calendar(timezone.now())"


@LANGUAGES
def test_who_wants_a_digest_gets_the_days_notices_in_one_mail(browser, product, language):
    with_mail(browser, product)
    engineer, manager = Person(browser, product, "huangming", language), Person(browser, product, "yangjing", language)
    try:
        page = engineer.go("/notices/choose")
        page.select_option("[name='assigned:mail']", "digest")
        page.select_option("#digest", "daily")
        page.locator("main form button.btn-primary").click()
        page.wait_for_selector(".toasts div")
        mine = int(engineer.pk_of("黄明"))
        numbers = [manager.logs(fresh(title)) for title in ("Badge reader", "Label printer")]
        for number in numbers:
            manager.calls(f"/items/{number}/assign", owner=mine)
        engineer.until(engineer.go("/notices").locator("main", has_text=numbers[1]))
        assert not [message for message in product.sent if "huangming@" in message["To"] and numbers[1] in message["Subject"]], "it waits for the digest"
        product.does(DIGESTS)
        digest = product.mail("huangming@", numbers[1])
        text = digest.get_body(("plain",)).get_content()
        assert {"zh-hans": "条通知", "en": "notices"}[language] in digest["Subject"]
        assert all(number in text for number in numbers)
        assert {"zh-hans": "派给了您", "en": "assigned it to you"}[language] in text
        page = engineer.page
        page.goto(link_in(digest, f"/items/{numbers[0]}", product))
        expect(page.locator("h1")).to_contain_text("Badge reader")
    finally:
        product.does("u = User.objects.get(username='huangming'); u.preferences = {k: v for k, v in u.preferences.items() if not k.startswith('notice')}; u.save()")
    engineer.close()
    manager.close()


@LANGUAGES
def test_in_the_morning_owners_are_reminded_of_articles_to_review(browser, product, language):
    with_mail(browser, product)
    # Due twelve days ago, and not reminded of.
    title, owner = product.does(
        "from hengwei.knowledge.models import Article; a = Article.objects.get(title='打印机卡纸报E05');"
        "Article.objects.filter(pk=a.pk).update(next_review_on=timezone.localdate() - timedelta(days=12), reminded_on=None);"
        "print((a.title_en if LANGUAGE == 'en' else '') or a.title); print(a.owner.username)".replace("LANGUAGE", repr(language))).splitlines()
    keeper = Person(browser, product, owner, language)
    product.does(MORNING)
    message = product.mail(f"{owner}@", {"zh-hans": "逾期", "en": "its day has passed"}[language])
    assert title in message.get_body(("plain",)).get_content()
    page = keeper.go("/notices")
    line = page.locator("main a", has_text=title).filter(has_text={"zh-hans": "逾期", "en": "its day has passed"}[language]).first
    expect(line).to_be_visible()
    keeper.accessible()
    line.click()
    expect(page.locator("h1")).to_contain_text(title)
    # What he looked at is noted, and it is due no more.
    form = page.locator("form[action$='/confirm']")
    form.locator("[name=reason]").fill(f"tried on the new printer {language}")
    form.locator("button").click()
    expect(page.locator(".toasts")).not_to_be_empty()
    expect(page.locator("details[open] form[action$='/confirm']")).to_have_count(0)
    product.does(MORNING)
    assert len([one for one in product.sent if f"{owner}@" in one["To"] and one["Subject"] == message["Subject"]]) == 1, "told once"
    keeper.close()


@LANGUAGES
def test_a_plan_owes_a_call_to_each_key_customer_each_month(browser, product, language):
    manager, caller = Person(browser, product, "yangjing", language), Person(browser, product, "huangming", language)
    name, english = fresh("重点客户月度回访"), fresh("Monthly call")
    shown = {"zh-hans": name, "en": english}[language]
    page = manager.go("/desk/follow-up-plans/new")
    page.fill("#id_name", name)
    page.fill("#id_name_en", english)
    page.fill("#id_questions", f"Is anything in the way? {language}")
    page.select_option("#id_occasion", "regular")
    page.fill("#id_every_months", "1")
    page.check("#id_key_accounts_only")
    page.fill("#id_within_days", "5")
    page.select_option("#id_owner_rule", "person")
    manager.picks("#id_owner", "黄明")
    manager.accessible()
    page.locator("main button.btn-primary").first.click()
    page.wait_for_url(re.compile(r"/desk/follow-up-plans/\d+"))
    plan = page.url.removeprefix(product.url)
    # The month's run; once more it adds nothing.
    product.does(PLANS)
    each = int(product.does(PLANS + "; from hengwei.org.models import Customer; print(Customer.objects.filter(key_account=True, archived_at=None).count())"))
    assert each > 1
    page = caller.go("/desk/follow-ups")
    calls = page.locator(".card", has_text=shown)
    expect(calls).to_have_count(each)
    expect(calls.first).to_contain_text(f"Is anything in the way? {language}")
    caller.accessible()
    calls.first.locator("[name=result]").fill(f"content, wants training {language}")
    calls.first.locator("button[name=reached][value='1']").click()
    expect(page.locator(".card", has_text=shown)).to_have_count(each - 1)
    page = caller.go("/desk/follow-ups?whose=done")
    expect(page.locator(".card", has_text=shown)).to_contain_text(f"content, wants training {language}")
    # Its manager reads what became of all of them.
    page = manager.go("/desk/follow-ups?whose=all")
    expect(page.locator(".card", has_text=shown)).to_have_count(each - 1)
    manager.go(plan)
    caller.close()
    manager.close()
