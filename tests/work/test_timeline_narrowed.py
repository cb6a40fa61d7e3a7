"""A timeline can be narrowed: messages, notes, facts, one of the merged items; kept in the address."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hengwei.work.actions import assignment, conversation, relations
from hengwei.work.models import WorkItem
from tests.factories import TUESDAY, acting, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(requester, agent, team):
    made = open_incident(requester=requester, title="卡纸", team=team)
    conversation.reply(made, by=acting(agent), text="请重启试试", at=TUESDAY + timedelta(minutes=5))
    conversation.note(WorkItem.objects.get(pk=made.pk), by=acting(agent), text="搓纸轮旧了", at=TUESDAY + timedelta(minutes=6))
    assignment.assign(WorkItem.objects.get(pk=made.pk), by=acting(agent), owner=agent, at=TUESDAY + timedelta(minutes=7))
    again = open_incident(requester=requester, title="又卡了", description="第二次报修", team=team, at=TUESDAY + timedelta(minutes=8))
    relations.merge([again], into=WorkItem.objects.get(pk=made.pk), by=acting(agent), at=TUESDAY + timedelta(minutes=9))
    return WorkItem.objects.get(pk=made.pk)


def _part(client, item, query: str, **headers) -> str:
    page = client.get(f"/items/{item.number}?{query}", headers=headers).content.decode()
    return page[page.index('id="timeline"'):page.index("</ol>", page.index('id="timeline"'))]


def test_each_choice_shows_its_own_and_the_address_keeps_it(client, agent, item):
    client.force_login(agent)
    words = {"reply": "请重启试试", "note": "搓纸轮旧了", "fact": 'class="fact', "second": "第二次报修"}

    def shown(query):
        part = _part(client, item, query)
        return {name for name, text in words.items() if text in part}

    assert shown("") == set(words)
    assert shown("show=messages") == {"reply", "second"}
    assert shown("show=notes") == {"note"}
    assert shown("show=facts") == {"fact"}
    other = item.merged_items.get().number
    assert "second" in shown(f"of={other}")
    assert "reply" not in shown(f"of={other}")
    assert shown(f"show=messages&of={item.number}") == {"reply"}
    assert shown("show=nonsense") == set(words)
    part = _part(client, item, "show=notes")
    assert 'aria-current="true"' in part
    # What is fetched anew, by news or after a form of the page, stays narrowed.
    assert "part=timeline&amp;show=notes" in part
    answer = client.post(f"/items/{item.number}/say", {"mode": "note", "text": "再看一下"}, headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver/items/{item.number}?show=notes"}).content.decode()
    timeline = answer[answer.index('id="timeline"'):answer.index("</ol>", answer.index('id="timeline"'))]
    assert "再看一下" in timeline
    assert "请重启试试" not in timeline


def test_beside_a_list_the_lists_address_stays(client, agent, item):
    client.force_login(agent)
    beside = _part(client, item, "pane=1&", **{"HX-Request": "true", "HX-Current-URL": "http://testserver/items?view=open&show=notes"})
    assert "请重启试试" in beside
    assert "hx-push-url" not in beside
    assert "hx-push-url" in _part(client, item, "")


def test_a_requester_reads_all_that_is_his_and_no_note_by_asking_for_it(client, requester, item):
    client.force_login(requester)
    part = _part(client, item, "show=notes")
    assert "搓纸轮旧了" not in part
    assert "narrowing" not in _part(client, item, "")
