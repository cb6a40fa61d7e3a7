"""One escalation is one line under the bell that says it all; each step stays a record of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hengwei.channels.actions import notices
from hengwei.channels.models import Notice
from hengwei.channels.pages.notices import unread
from tests.factories import TUESDAY, open_incident

pytestmark = pytest.mark.django_db
STEPS = [("percent_75", "first_response"), ("breach", "first_response"), ("percent_75", "resolution"), ("breach", "resolution")]


def _escalated(item, person, at):
    for step, measure in STEPS:
        notices.tell([person], "escalated", item=item, at=at, params={"step": step, "measure": measure, "level": 0})


def test_what_one_moment_brings_is_one_line_with_its_count(client, requester, team, agent):
    item, other = (open_incident(requester=requester, team=team, title=title) for title in ("甲工单", "乙工单"))
    Notice.objects.all().delete()
    _escalated(item, agent, TUESDAY)
    _escalated(other, agent, TUESDAY)
    assert Notice.objects.filter(user=agent).count() == 8, "one record each, for the proof"
    assert unread(agent) == 2
    client.force_login(agent)
    page = client.get("/notices").content.decode()
    assert (page.count("甲工单"), page.count("乙工单")) == (1, 1)
    assert page.count('class="times"') == 2
    line = page.partition("甲工单")[2].partition("</a>")[0]
    assert "首次响应" in line and "解决" in line and ">4</b>" in line
    assert "75%" not in line, "of each promise the newest"
    assert client.get("/notices/count").content.decode().count(">2<") == 1


def test_a_later_moment_is_a_line_of_its_own_and_the_newest_stands_on_top(client, requester, team, agent):
    item = open_incident(requester=requester, team=team, title="甲工单")
    Notice.objects.all().delete()
    _escalated(item, agent, TUESDAY)
    notices.tell([agent], "chased", item=item, at=TUESDAY + timedelta(minutes=30), params={"count": 1})
    _escalated(item, agent, TUESDAY + timedelta(hours=2))
    client.force_login(agent)
    page = client.get("/notices").content.decode()
    assert page.count("甲工单") == 3
    newest = Notice.objects.filter(user=agent).latest("id")
    assert page.index(f"/notices/{newest.pk}") < page.index('class="times"')


def test_following_the_line_reads_all_of_it(client, requester, team, agent):
    item = open_incident(requester=requester, team=team)
    Notice.objects.all().delete()
    _escalated(item, agent, TUESDAY)
    client.force_login(agent)
    client.get(f"/notices/{Notice.objects.latest('id').pk}")
    assert unread(agent) == 0
