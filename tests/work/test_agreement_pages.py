"""Agreements as a person sees and keeps them: list, form, signing, paper, comparison, what-if, figures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from hengwei.calendars.models import Calendar
from hengwei.governance.actions import life, packing
from hengwei.work.actions import agreements as actions
from hengwei.work.actions import conversation, progress
from hengwei.work.actions.agreements import Promised
from hengwei.work.clocks import figures, whatif
from hengwei.work.models import Agreement, AgreementVersion, Category, EscalationLevel, Trial
from hengwei.work.pages.agreements import shown_of
from tests.factories import TUESDAY, CustomerFactory, UserFactory, acting, open_incident
from tests.work.test_agreements import picture

pytestmark = pytest.mark.django_db
HOUR = 3600


def later(minutes: float):
    return TUESDAY + timedelta(minutes=minutes)


@pytest.fixture
def manager(department):
    return UserFactory(name="杨静", role="manager")


@pytest.fixture
def page(manager):
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def office(department):
    return Calendar.objects.get(key="office")


@pytest.fixture
def agreement(manager, office, customer):
    made = actions.save_agreement(by=acting(manager), name="财务部服务协议", customer=customer)
    actions.save_version(made.newest(), by=acting(manager), content="远程支持", targets=[
        Promised("first_response", HOUR, office), Promised("resolution", 8 * HOUR, office, escalation=({"percent": 75, "notify": ["owner"]},))])
    return made


def filled(office, **more):
    row = {"measure": "resolution", "within": "2", "counted": "working_days", "calendar": office.pk, "pausing": ["customer"], "kind": ["incident"], "priority": ["1", "2"], "ORDER": "1"}
    data = {
        "name": "海川重工服务协议", "kind": "sla", "remind_days": "30", "order": "50", "content": "现场服务", "fee": "12000.50", "currency": "CNY", "fee_period": "year",
        "effective_from": "2026-12-01", "effective_to": "2027-11-30", "targets-TOTAL_FORMS": "1", "targets-INITIAL_FORMS": "0", **more}
    return data | {f"targets-0-{key}": value for key, value in row.items()}


def test_an_agreement_is_made_with_its_promises_chosen_from_lists(page, office):
    customer = CustomerFactory()
    answer = page.post(reverse("work:agreement_new"), filled(office, customer=customer.pk))
    assert answer.status_code == 302, answer.content.decode()
    version = Agreement.objects.get(name="海川重工服务协议").newest()
    target = version.targets.get()
    assert (target.amount, target.unit, target.pausing) == (2, "working_days", ["customer"])
    assert target.conditions == {"all": [{"field": "kind", "op": "in", "value": ["incident"]}, {"field": "priority", "op": "in", "value": [1, 2]}]}
    assert (version.fee, version.effective_to.astimezone(TUESDAY.tzinfo).isoformat()) == (1200050, "2027-11-30T16:00:00+00:00")
    shown = page.get(reverse("work:agreement", args=[version.agreement_id])).content.decode()
    assert "12,000.50 CNY" in shown and "2027年11月30日" in shown and "2个工作日" in shown


def test_what_is_wrong_with_a_promise_is_said_beside_it_and_nothing_is_lost(page, office):
    Calendar.objects.filter(pk=office.pk)
    data = filled(office) | {"targets-0-measure": "supplier"}
    answer = page.post(reverse("work:agreement_new"), data)
    assert answer.status_code == 422 and "海川重工服务协议" in answer.content.decode()
    assert not Agreement.objects.filter(name="海川重工服务协议").exists()


def test_a_draft_is_changed_and_its_steps_stay(page, agreement, office):
    url = reverse("work:agreement_edit", args=[agreement.pk])
    form = page.get(url).context["form"]
    rows = form.inlines[0].formset.forms
    assert [row.initial["counted"] for row in rows] == ["hours", "hours"]
    answer = page.post(url, filled(office) | {"targets-0-escalation": '[{"percent": 75, "notify": ["owner"]}]'})
    assert answer.status_code == 302
    assert agreement.newest().targets.get().escalation == [{"percent": 75, "notify": ["owner"]}]


def test_steps_of_escalation_are_set_for_all_promises(page, agreement):
    target = agreement.newest().targets.first()
    url = reverse("work:agreement_steps", args=[agreement.pk, target.pk])
    assert page.get(url).status_code == 200
    data = {
        "everywhere": "on", "steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "0", "steps-0-at": "percent", "steps-0-amount": "80", "steps-0-notify": ["owner", "lead"],
        "steps-1-at": "after", "steps-1-amount": "1.5", "steps-1-notify": ["head"], "steps-1-raise_priority": "on", "steps-1-reassign": "lead"}
    assert page.post(url, data).status_code == 302
    for each in agreement.newest().targets.all():
        assert each.escalation == [{"percent": 80, "notify": ["owner", "lead"]}, {"after": 5400, "notify": ["head"], "reassign": "lead", "raise_priority": True}]
    assert page.post(url, data | {"steps-0-amount": "120"}).status_code == 422


def test_both_sides_sign_on_the_screen_and_the_paper_shows_it(page, agreement):
    version = agreement.newest()
    page.post(reverse("work:agreement_do", args=[agreement.pk, "negotiate"]))
    url = reverse("work:agreement_sign", args=[agreement.pk, version.number])
    assert page.get(url).status_code == 200
    assert page.post(url, {"side": "us", "name": "杨静"}).status_code == 422
    for side, name in (("us", "杨静"), ("them", "周总")):
        assert page.post(url, {"side": side, "name": name, "drawing": picture()}, REMOTE_ADDR="10.2.3.4").status_code == 302
    version.refresh_from_db()
    assert version.state == "signed" and {s.address for s in version.signatures.all()} == {"10.2.3.4"}
    assert page.get(url).status_code == 404
    paper = page.get(reverse("work:agreement_paper", args=[agreement.pk, 1]))
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    signature = page.get(version.signatures.first().file.get_absolute_url())
    assert signature.status_code == 200


def test_versions_are_compared_side_by_side(page, manager, agreement, office):
    AgreementVersion.objects.filter(agreement=agreement).update(state="ended")
    second = actions.new_version(agreement, by=acting(manager))
    actions.save_version(second, by=acting(manager), content="远程支持和现场服务", targets=[Promised("resolution", 4 * HOUR, office)])
    shown = page.get(reverse("work:agreement_compare", args=[agreement.pk])).content.decode()
    assert "<mark>和现场服务</mark>" in shown or "和现场服务" in shown
    assert shown.count("v1") and shown.count("v2")


def test_a_clause_of_another_shape_is_kept(page, agreement, office):
    odd = {"not": {"field": "kind", "op": "is", "value": "change"}}
    agreement.newest().targets.update(conditions=odd)
    form = page.get(reverse("work:agreement_edit", args=[agreement.pk])).context["form"]
    assert form.inlines[0].formset.forms[0].initial["conditions"] == odd
    assert "按自定义条件" in page.get(reverse("work:agreement", args=[agreement.pk])).content.decode()


def test_what_if_counts_from_what_really_happened(page, manager, agreement, office, requester, team, agent):
    quick, slow, waited = (open_incident(requester=requester, impact=3, urgency=2, category=Category.objects.get_or_create(key="x", defaults={"name": "其他"})[0]) for _ in range(3))
    by = acting(agent)
    conversation.reply(quick, by=by, text="在", at=later(10))
    progress.resolve(quick, by=by, solution="好", cause="线松", at=later(100))
    conversation.reply(slow, by=by, text="在", at=later(40))
    progress.resolve(slow, by=by, solution="好", cause="线松", at=later(60 * 24 * 2))
    progress.acknowledge(waited, by=by, at=later(5))
    conversation.reply(waited, by=by, text="请补充", at=later(10))
    progress.pend(waited, by=by, waiting_for="customer", at=later(10))
    conversation.reply(waited, by=acting(requester), text="好的", at=later(60 * 24 * 3))
    progress.resolve(waited, by=by, solution="好", cause="线松", at=later(60 * 24 * 3 + 30))
    answer = page.post(reverse("work:whatif", args=[agreement.pk]), {"number": "1", "starts_at": "2026-11-01", "ends_at": "2026-11-30"})
    trial = Trial.objects.get()
    assert answer["Location"].endswith(f"?trial={trial.pk}")
    assert "hx-get" in page.get(answer["Location"]).content.decode()
    trial = whatif.run(trial.pk)
    lines = {line["measure"]: line for line in trial.figures}
    # Really half an hour: one of three was late to answer; with an hour all would have been in time.
    assert (lines["first_response"]["met"], lines["first_response"]["would_meet"], lines["first_response"]["better"]) == (2, 3, 1)
    # Eight hours of office time, waiting for the customer apart: only the slow one would be late.
    assert (lines["resolution"]["items"], lines["resolution"]["would_meet"]) == (3, 2)
    assert [(one["number"], one["would_meet"]) for one in trial.differing] == [(slow.number, True)]
    shown = page.get(answer["Location"]).content.decode()
    assert slow.number in shown and "data-chart" in shown
    assert page.get(answer["Location"] + "&chart=whatif&form=csv").status_code == 200


def test_what_if_leaves_out_kinds_that_have_deadlines_of_their_own(page, manager, office, requester):
    everyone = actions.save_agreement(by=acting(manager), name="人人适用")
    actions.save_version(everyone.newest(), by=acting(manager), content="远程支持", targets=[Promised("resolution", HOUR, office)])
    open_incident(requester=requester)
    regulation = packing.adopt("knowledge", by=acting(manager), at=TUESDAY)
    review = life.submit(regulation, approvers=[UserFactory(role="manager")], by=acting(manager), at=TUESDAY)
    assert not review.clocks.exists(), "nor does the promise to requesters run on it"
    trial = actions.start_trial(everyone.newest(), by=acting(manager), starts_at=TUESDAY - timedelta(days=1), ends_at=TUESDAY + timedelta(days=1))
    assert [line["items"] for line in whatif.run(trial.pk, now=TUESDAY + timedelta(days=20)).figures] == [1]
    # Who wants promises for them says so.
    actions.save_version(everyone.newest(), by=acting(manager), content="远程支持", targets=[Promised("resolution", HOUR, office, conditions={"field": "kind", "op": "in", "value": ["regulation_approval"]})])
    trial = actions.start_trial(everyone.newest(), by=acting(manager), starts_at=TUESDAY - timedelta(days=1), ends_at=TUESDAY + timedelta(days=1))
    whatif.run(trial.pk, now=TUESDAY + timedelta(days=20))
    assert [one["number"] for one in Trial.objects.get(pk=trial.pk).differing] == [] and Trial.objects.get(pk=trial.pk).figures[0]["items"] == 1


def test_the_report_tells_what_was_kept_by_whom(page, requester, team, agent):
    AgreementVersion.objects.update(effective_from=later(-10**5))
    item = open_incident(requester=requester, impact=3, urgency=2, team=team, owner=agent, category=Category.objects.create(key="x", name="其他"))
    other = open_incident(requester=requester, impact=3, urgency=2, team=team)
    spam = open_incident(requester=requester, team=team)
    conversation.reply(item, by=acting(agent), text="在", at=later(10))
    conversation.reply(other, by=acting(agent), text="在", at=later(45))
    progress.cancel(spam, by=acting(agent), closure="spam", at=later(5))
    (line,) = figures.report("team", since=TUESDAY, until=later(600), only={"measure": "first_response"})
    assert (line.label, line.met, line.breached, line.cancelled, line.items, line.median, line.p90) == ("IT支持组", 1, 1, 1, 2, 600, 2700)
    shown = page.get(reverse("work:promises"), {"by": "person", "since": "2026-11-24", "until": "2026-11-24", "measure": "first_response"}).content.decode()
    assert ("王敏" in shown and "没有人" in shown) or "无人" in shown or "nobody" in shown
    for by in figures.BY:
        assert page.get(reverse("work:promises"), {"by": by, "since": "2026-11-24", "until": "2026-11-25"}).status_code == 200
    file = page.get(reverse("work:promises"), {"by": "team", "since": "2026-11-24", "until": "2026-11-24", "form": "csv"})
    assert "IT支持组" in b"".join(file).decode("utf-8-sig")


def test_items_without_a_promise_are_listed(page, manager, agreement, requester, team):
    AgreementVersion.objects.update(state="ended")
    from hengwei.work.clocks.matching import forget

    forget()
    item = open_incident(requester=requester)
    shown = page.get(reverse("work:without")).content.decode()
    assert item.number in shown


def test_levels_are_kept_on_a_page(page):
    chief = UserFactory(name="总监", role="manager")
    data = {"number": "2", "name": "部门级", "notify": ["head"], "named": [f"user:{chief.pk}"], "ways": ["mail"], "urgent": "on"}
    assert page.post(reverse("work:level_new"), data).status_code == 302
    level = EscalationLevel.objects.get()
    assert (level.notify, level.ways, level.urgent) == (["head", f"user:{chief.pk}"], ["mail"], True)
    assert page.post(reverse("work:level_new"), data).status_code == 422
    assert "总监" in page.get(reverse("work:levels")).content.decode()


def test_an_agent_reads_agreements_and_changes_none(agreement, agent):
    client = Client()
    client.force_login(agent)
    assert client.get(reverse("work:agreement", args=[agreement.pk])).status_code == 200
    assert client.get(reverse("work:agreement_edit", args=[agreement.pk])).status_code == 404
    assert client.get(reverse("work:promises")).status_code == 404


def test_the_list_asks_the_database_the_same_however_many_there_are(page, manager, agreement, django_assert_max_num_queries):
    for n in range(5):
        actions.save_agreement(by=acting(manager), name=f"协议{n}", customer=CustomerFactory())
    page.get(reverse("work:agreements"))
    with django_assert_max_num_queries(16):
        page.get(reverse("work:agreements"))


def test_the_list_says_of_each_how_it_stands(page, manager, agreement):
    AgreementVersion.objects.update(effective_from=later(-10**5))
    AgreementVersion.objects.filter(agreement=agreement).update(state="negotiating")
    rows = {row.key: shown_of(row) for row, _url, _cells in page.get(reverse("work:agreements")).context["lines"]}
    assert (rows["general"].state, rows[agreement.key].state, rows[agreement.key].number) == ("signed", "negotiating", 1)


def test_a_clock_is_explained_in_a_dialog_too(page, requester, team):
    item = open_incident(requester=requester, impact=3, urgency=2)
    url = reverse("work:clock", args=[item.number, item.clocks.first().pk])
    whole, part = page.get(url).content.decode(), page.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole and "<html" not in part
    assert ("<title>" in part and "收到请求" in part) or "请求" in part


def test_over_rest_an_agreement_lives_its_whole_life(page, office, customer):
    made = page.post("/api/v1/agreements", {
        "name": "接口协议", "kind": "sla", "customer": customer.pk, "remind_days": 30, "order": 10,
        "targets": [{"measure": "resolution", "within": 8, "counted": "hours", "calendar": office.pk, "priority": [1, 2]}],
    }, content_type="application/json")
    assert made.status_code == 201, made.content.decode()
    pk = made.json()["id"]
    (version,) = page.get(f"/api/v1/agreements/{pk}/versions").json()
    assert version["state"] == "draft" and version["targets"][0]["amount"] == 8 * HOUR
    steps = {"steps": [{"percent": 50, "notify": ["lead"]}, {"percent": 100, "notify": ["head"], "level": 1}], "everywhere": True}
    target = version["targets"][0]["id"]
    assert page.put(f"/api/v1/agreements/{pk}/versions/1/targets/{target}/steps", steps, content_type="application/json").json()["targets"][0]["escalation"][0]["percent"] == 50
    assert page.post(f"/api/v1/agreements/{pk}/do/negotiate", {}, content_type="application/json").status_code == 200
    for side in ("us", "them"):
        answer = page.post(f"/api/v1/agreements/{pk}/versions/1/signatures", {"side": side, "name": "甲", "picture": picture()}, content_type="application/json")
    assert answer.json()["state"] == "signed" and answer.json()["in_force"] and len(answer.json()["signatures"]) == 2
    trial = page.post(f"/api/v1/agreements/{pk}/versions/1/trials", {"starts_at": "2026-11-01T00:00:00Z", "ends_at": "2026-12-01T00:00:00Z"}, content_type="application/json")
    assert trial.status_code == 202
    assert page.get(f"/api/v1/agreements/{pk}/trials/{trial.json()['id']}").json()["finished_at"] is None
    assert page.get("/api/v1/promises?by=month").status_code == 200


def test_over_rest_a_clock_says_what_it_is_the_sum_of(page, requester, team, agent):
    item = open_incident(requester=requester, impact=3, urgency=2)
    conversation.reply(item, by=acting(agent), text="在", at=later(10))
    clock = item.clocks.get(measure="first_response")
    told = page.get(f"/api/v1/items/{item.number}/clocks/{clock.pk}").json()
    assert told["used_business_seconds"] == 600 == sum(s["business_seconds"] for s in told["segments"] if s["running"])
