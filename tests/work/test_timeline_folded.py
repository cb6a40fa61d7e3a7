"""Many warnings and escalations on end are one line of the timeline that opens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hengwei.work.actions import conversation
from hengwei.work.models import Entry, Seen
from tests.factories import TUESDAY, acting, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(requester, team):
    return open_incident(requester=requester, team=team)


def warned(item, times: int, *, since: int = 1) -> None:
    for n in range(times):
        Entry.objects.create(
            item=item, kind=Entry.Kind.ESCALATION, via="system", happened_at=TUESDAY + timedelta(hours=since + n),
            details={"step": "breach", "measure": "resolution", "due_at": TUESDAY.isoformat(), "told": ["陈组长"]})


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "6条超时提醒与升级"), ("en", "6 warnings and escalations")])
def test_six_are_one_line_with_all_of_them_in_it(client, agent, item, language, words):
    warned(item, 6)
    agent.language = language
    agent.save()
    client.force_login(agent)
    page = client.get(f"/items/{item.number}").content.decode()
    assert words in page
    [fold] = [part for part in page.split("<details id=\"fold-") if part != page.split("<details id=\"fold-")[0]]
    assert fold.split("</details>")[0].count('class="fact escalation"') == 6
    assert not fold.split(">")[0].endswith("open")


def test_a_few_stay_as_they_are_and_words_between_part_them(client, agent, item):
    warned(item, 3)
    client.force_login(agent)
    assert "fold-" not in client.get(f"/items/{item.number}").content.decode()
    conversation.reply(item, by=acting(agent), text="在看", at=TUESDAY + timedelta(hours=5))
    warned(item, 3, since=6)
    assert "fold-" not in client.get(f"/items/{item.number}").content.decode()


def test_what_is_unread_is_open(client, agent, item):
    Seen.objects.create(item=item, user=agent, seen_at=timezone.now())
    warned(item, 5)
    client.force_login(agent)
    page = client.get(f"/items/{item.number}").content.decode()
    assert page.split("<details id=\"fold-")[1].split(">")[0].endswith("open")
    assert page.count('id="unread-from"') == 1
