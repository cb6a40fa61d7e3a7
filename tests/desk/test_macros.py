"""Macros and replies kept ready: whose they are, and that all is done or nothing."""

from __future__ import annotations

import pytest

from hengwei.core.errors import Conflict, Forbidden, Refused
from hengwei.desk.actions import macros
from hengwei.desk.models import CannedReply, Macro
from hengwei.work.models import Category, Entry, WorkItem
from tests.factories import TUESDAY, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db
STEPS = [
    {"do": "step", "transition": "pend", "facts": {"waiting_for": "customer"}}, {"do": "reply", "text": "{{requester}}您好，{{number}}请补充截图。", "text_en": "Hello {{requester}}, please add a screenshot."},
    {"do": "change", "field": "category", "value": "vpn"}, {"do": "change", "field": "impact", "value": 3}, {"do": "labels", "add": ["待补充"]}, {"do": "assign", "owner": "me"},
    {"do": "note", "text": "由{{agent}}发出"},
]


@pytest.fixture
def item(requester, team):
    Category.objects.create(key="vpn", name="VPN")
    return open_incident(requester=requester, team=team)


@pytest.fixture
def macro(agent, item):
    return macros.save_macro(None, by=acting(agent), scope="mine", steps=STEPS, name="请补充截图", key="s")


def test_all_is_done_at_once_and_the_words_are_filled_in(macro, item, agent):
    done = macros.run(macro, item, by=acting(agent), version=item.version, at=TUESDAY)
    assert (done.owner, done.category.key, done.impact, done.labels, done.phase, done.waiting_for) == (agent, "vpn", 3, ["待补充"], "waiting", "customer")
    assert done.entries.get(kind=Entry.Kind.MESSAGE_OUT).text == f"李倩您好，{item.number}请补充截图。"
    assert done.entries.get(kind=Entry.Kind.COMMENT, public=False).text == "由王敏发出"
    assert Macro.objects.get().used == 1


def test_the_requesters_language_is_spoken(macro, item, agent, requester):
    requester.language = "en"
    requester.save()
    done = macros.run(macro, item, by=acting(agent), at=TUESDAY)
    assert done.entries.get(kind=Entry.Kind.MESSAGE_OUT).text.startswith("Hello 李倩")


def test_nothing_is_done_when_one_step_is_refused(item, agent, lead):
    macro = macros.save_macro(None, by=acting(agent), scope="mine", name="x", steps=[{"do": "note", "text": "先记一笔"}, {"do": "step", "transition": "resolve"}])
    with pytest.raises(Refused):
        macros.run(macro, item, by=acting(agent), at=TUESDAY)
    assert not WorkItem.objects.get(pk=item.pk).entries.filter(text="先记一笔").exists()
    with pytest.raises(Conflict):
        macros.run(macro, item, by=acting(agent), version=item.version + 5)


def test_one_keeps_his_own_and_only_leads_keep_what_others_use(macro, agent, lead, team, item):
    other = UserFactory(role="agent")
    assert not Macro.objects.usable_by(other).exists()
    with pytest.raises(Forbidden):
        macros.run(macro, item, by=acting(other))
    with pytest.raises(Forbidden):
        macros.save_macro(macro, by=acting(other), scope="mine", steps=STEPS)
    with pytest.raises(Forbidden):
        macros.save_macro(None, by=acting(agent), scope="all", name="x", steps=STEPS)
    shared = macros.save_macro(None, by=acting(lead), scope="team", team=team, name="x", steps=STEPS, kinds=["incident"])
    assert set(Macro.objects.usable_by(agent).for_kind("incident")) == {macro, shared}
    assert set(Macro.objects.usable_by(agent).for_kind("problem")) == {macro}
    macros.archive(shared, by=acting(lead))
    assert set(Macro.objects.usable_by(agent)) == {macro}


def test_replies_follow_the_same_rule(agent, lead, team):
    mine = macros.save_reply(None, by=acting(agent), scope="mine", name="收到", text="收到")
    with pytest.raises(Forbidden):
        macros.save_reply(None, by=acting(agent), scope="all", name="x", text="x")
    with pytest.raises(Refused):
        macros.save_reply(None, by=acting(agent), scope="mine", name="x", text=" ")
    macros.archive(mine, by=acting(agent))
    assert not CannedReply.objects.usable_by(agent).exists()
    assert CannedReply.objects.kept_by(agent).exists()


def test_replies_are_offered_by_what_was_typed_filled_in_for_the_item(item, agent, client, requester):
    for name, text in (("请补充信息", "{{requester}}您好，请补充{{number}}的截图。"), ("远程协助", "方便的话请补充时间。"), ("已解决", "好了。")):
        macros.save_reply(None, by=acting(agent), scope="mine", name=name, name_en="", text=text, text_en="Please add more, {{requester}}." if name == "请补充信息" else "")
    client.force_login(agent)
    offered = client.get(f"/desk/replies/{item.number}?q=补充").json()["replies"]
    assert [one["label"] for one in offered] == ["请补充信息", "远程协助"]
    assert offered[0]["text"] == f"李倩您好，请补充{item.number}的截图。"
    assert len(client.get(f"/desk/replies/{item.number}?q=").json()["replies"]) == 3
    requester.language = "en"
    requester.save()
    assert client.get(f"/desk/replies/{item.number}?q=信息").json()["replies"][0]["text"] == "Please add more, 李倩."
    client.force_login(requester)
    assert client.get(f"/desk/replies/{item.number}?q=").status_code == 404
