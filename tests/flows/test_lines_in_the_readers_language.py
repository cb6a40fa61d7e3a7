"""Lines of the timeline are told in the reader's language, whoever caused them; those from before stay as they stand."""

from __future__ import annotations

import pytest
from django.utils import translation

from hengwei.channels.models import Notice
from hengwei.channels.notice_words import sentence
from hengwei.core.i18n import in_mine
from hengwei.desk.actions.problems import link_incidents
from hengwei.flows.articles import solved_by
from hengwei.flows.automation.actions import save_rule
from hengwei.flows.automation.engine import _stopped, fire
from hengwei.knowledge.actions.writing import create_article
from hengwei.org.models import Team, User
from hengwei.work import routing
from hengwei.work.actions.approvals import add_approver, decide, start_approval
from hengwei.work.actions.assignment import assign
from hengwei.work.actions.intake import open_item
from hengwei.work.actions.triage import change
from hengwei.work.models import ApprovalVote, Category, Entry, RoutingRule
from hengwei.work.templatetags.work import told
from tests.factories import TUESDAY, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


def _lines(item, kind):
    return told_in_each(Entry.objects.filter(item=item, kind=kind).latest("id"))


def told_in_each(entry):
    found = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found.append(told(entry))
    return found


@pytest.fixture
def manager(department):
    return UserFactory(role="manager")


@pytest.fixture
def item(requester, team):
    return open_incident(requester=requester, team=team)


@pytest.mark.parametrize("writer", ["zh-hans", "en"])
def test_of_rules(item, manager, writer):
    rule = save_rule(by=acting(manager), name="打印机归专人", name_en="Printers to one person", trigger="opened", deeds=[{"do": "priority", "level": 2}], active=True)
    with translation.override(writer):
        firing = fire(rule, item.pk, event="opened", chain=(), reason="event:1", at=TUESDAY)
    chinese, english = _lines(item, "automation")
    assert "打印机归专人" in chinese and "优先级" in chinese
    assert english.startswith("Rule 'Printers to one person': ") and "priority" in english
    with translation.override("en"):
        assert firing.told.startswith("priority")
    with translation.override("zh-hans"):
        assert "优先级" in firing.told


@pytest.mark.parametrize("writer", ["zh-hans", "en"])
def test_of_facts_teams_and_links(item, agent, manager, writer):
    category = Category.objects.create(key="printer", name="打印机", name_en="Printer")
    other = Team.objects.create(key="net", name="网络组", name_en="Network")
    with translation.override(writer):
        change(item, by=acting(agent), category=category)
        assign(item.locked(), by=acting(agent), team=other)
        problem = open_item("problem", by=acting(manager), title="总是卡纸", at=TUESDAY, requester=manager)
        link_incidents(problem, incidents=[item], by=acting(manager))
        article = create_article(by=acting(manager), title="打印机卡纸", body="取出纸张", title_en="Paper jam", body_en="Take it out")
        solved_by(item, article, by=acting(agent))
    assert [line.endswith(end) for line, end in zip(_lines(item, "assignment"), ("网络组", "Network"), strict=True)] == [True, True]
    assert [end in line for line, end in zip(_lines(item, "relation"), ("打印机卡纸", "Paper jam"), strict=True)] == [True, True]
    chinese, english = _lines(problem, "relation")
    assert item.number in chinese and item.number in english and english.isascii()
    changed = Entry.objects.filter(item=item, kind="change", details__changes__has_key="category").get()
    with translation.override("en"):
        assert told(changed).endswith("Printer")
    with translation.override("zh-hans"):
        assert told(changed).endswith("打印机")


@pytest.mark.parametrize("writer", ["zh-hans", "en"])
def test_of_refusals_of_a_rule(item, manager, writer):
    rule = save_rule(by=acting(manager), name="不在等待", trigger="opened", deeds=[{"do": "resume"}, {"do": "assign_person", "person": UserFactory(role="agent", name="阿明").pk}], active=True)
    User.objects.filter(name="阿明").update(is_active=False)
    with translation.override(writer):
        firing = fire(rule, item.pk, event="opened", chain=(), reason="event:1", at=TUESDAY)
    assert (firing.outcome, item.entries.filter(kind="assignment", via="automation").count()) == ("failed", 0)
    chinese, english = _lines(item, "automation")
    assert f"{item.number} does not wait." in english and "Please choose a team or a person." in english
    assert f"{item.number} 没有挂起" in chinese and "Please" not in chinese
    with translation.override("en"):
        assert firing.lines[0]["error"] == f"{item.number} does not wait."


@pytest.mark.parametrize("writer", ["zh-hans", "en"])
def test_of_why_somebody_was_chosen(requester, team, agent, manager, writer):
    rule = RoutingRule.objects.create(name="打印机归张伟", name_en="Printers to Zhang Wei", team=team, owner=agent)
    routing.forget()
    with translation.override(writer):
        item = open_incident(requester=requester)
        chinese, english = _lines(item, "assignment")
    assert "打印机归张伟" in chinese and "规则" in chinese
    assert english.endswith("(rule 'Printers to Zhang Wei'; named by the rule)")
    with translation.override(writer):
        assign(item.locked(), by=acting(manager), owner=UserFactory(role="agent"), reason="我来 by hand")
    assert all("我来 by hand" in line for line in _lines(item, "assignment"))
    rule.delete()
    routing.forget()


@pytest.mark.parametrize("writer", ["zh-hans", "en"])
def test_of_the_team_that_a_new_item_came_to(requester, writer):
    team = Team.objects.create(key="net", name="网络组", name_en="Network")
    rule = RoutingRule.objects.create(name="都归网络组", team=team)
    routing.forget()
    with translation.override(writer):
        item = open_incident(requester=requester)
    chinese, english = _lines(item, "assignment")
    assert "网络组" in chinese and "Network" in english
    rule.delete()
    routing.forget()


@pytest.mark.parametrize("writer", ["zh-hans", "en"])
def test_of_steps_of_an_approval_and_of_who_was_not_found(item, manager, client, writer):
    with translation.override(writer):
        approval = start_approval(item, [{"approvers": [{"by": "superior"}]}], by=acting(UserFactory(role="agent")), name="采购", at=TUESDAY)
    chinese, english = _lines(item, "approval")
    assert "superior of the requester" in english and "请求人的上级" in chinese
    with translation.override(writer):
        add_approver(approval, user=manager, by=acting(UserFactory(role="system_admin")), at=TUESDAY)
        decide(ApprovalVote.objects.get(user=manager), approve=True, by=acting(manager), at=TUESDAY)
    step = [told_in_each(entry) for entry in Entry.objects.filter(item=item, kind="approval", details__what="approved")]
    assert [("请求人的上级" in chinese, "superior of the requester" in english) for chinese, english in step] == [(True, True)]


@pytest.mark.parametrize("writer", ["zh-hans", "en"])
def test_of_what_a_rule_changed_and_put_on_hold(client, item, manager, writer):
    rule = save_rule(by=acting(manager), name="等客户的", name_en="Waits for the customer", trigger="opened", deeds=[{"do": "priority", "level": 2}, {"do": "label", "text": "vip"}, {"do": "pend", "waiting_for": "customer", "hours": 4}], active=True)
    with translation.override(writer):
        firing = fire(rule, item.pk, event="opened", chain=(), reason="event:1", at=TUESDAY)
    assert firing.outcome == "done"
    for kind in ("change", "transition"):
        entry = Entry.objects.filter(item=item, kind=kind, details__has_key="rules").latest("id")
        for language, name in (("zh-hans", "等客户的"), ("en", "Waits for the customer")):
            with translation.override(language):
                assert entry.words == name
    for language, name, other in (("zh-hans", "等客户的", "Waits for"), ("en", "Waits for the customer", "等客户的")):
        client.force_login(UserFactory(role="manager", language=language))
        page = client.get(item.get_absolute_url()).content.decode()
        assert f"<br>{name}" in page and other not in page


@pytest.mark.parametrize("writer", ["zh-hans", "en"])
def test_of_an_approval_that_a_rule_asks_for(client, item, manager, writer):
    rule = save_rule(by=acting(manager), name="贵的要批", name_en="Dear things are approved", trigger="opened", deeds=[{"do": "approval", "approver": "person", "person": manager.pk}], active=True)
    with translation.override(writer):
        assert fire(rule, item.pk, event="opened", chain=(), reason="event:1", at=TUESDAY).outcome == "done"
    chinese, english = _lines(item, "approval")
    assert chinese.endswith("贵的要批") and english.endswith("Dear things are approved")
    notice = Notice.objects.get(event="approval", user=manager)
    for language, name, other in (("zh-hans", "贵的要批", "Dear things"), ("en", "Dear things are approved", "贵的要批")):
        User.objects.filter(pk=manager.pk).update(language=language)
        client.force_login(User.objects.get(pk=manager.pk))
        page = client.get("/approvals").content.decode()
        assert name in page and other not in page
        with translation.override(language):
            assert in_mine(notice.params["reason"]) == name
    with translation.override(writer):
        decide(ApprovalVote.objects.get(user=manager), approve=True, by=acting(manager), at=TUESDAY)
    chinese, english = _lines(item, "approval")
    assert chinese.endswith("贵的要批") and english.endswith("Dear things are approved")


@pytest.mark.parametrize("writer", ["zh-hans", "en"])
def test_of_rules_that_set_each_other_off(item, manager, writer):
    rule = save_rule(by=acting(manager), name="来回", name_en="To and fro", trigger="opened", deeds=[{"do": "priority", "level": 2}], active=True, owner=manager)
    with translation.override(writer):
        _stopped(rule, item, "loop", event="opened", chain=(), reason="event:1", at=TUESDAY, why="loop")
    notice = Notice.objects.filter(event="chain").latest("id")
    for language, name in (("zh-hans", "来回"), ("en", "To and fro")):
        with translation.override(language):
            assert name in sentence("chain", notice.params)[1]


def test_what_was_kept_before_in_one_language_is_still_shown(item):
    Entry.objects.create(item=item, kind="automation", text="规则“旧”：优先级改为高", happened_at=TUESDAY)
    assert _lines(item, "automation") == ["规则“旧”：优先级改为高"] * 2


def test_over_rest_and_on_the_page_too(client, item, manager):
    rule = save_rule(by=acting(manager), name="规则", name_en="A rule", trigger="opened", deeds=[{"do": "priority", "level": 2}], active=True)
    fire(rule, item.pk, event="opened", chain=(), reason="event:1", at=TUESDAY)
    reader = UserFactory(role="manager", language="en")
    client.force_login(reader)
    assert "Rule &#x27;A rule&#x27;" in client.get(item.get_absolute_url()).content.decode()
    entries = client.get(f"/api/v1/items/{item.number}/timeline").json()
    texts = [one["text"] for one in (entries["items"] if isinstance(entries, dict) else entries)]
    assert any(text.startswith("Rule 'A rule'") for text in texts), texts
