"""A reply that is taken back within its seconds of grace was never said: not to the requester, not to the clocks."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import ProgrammingError, transaction

from hengwei.core.errors import Forbidden, Refused
from hengwei.core.files import store
from hengwei.work.actions import conversation, progress
from hengwei.work.models import Clock, Entry, WaitingFor, WorkItem
from tests.factories import TUESDAY, acting, open_incident

pytestmark = pytest.mark.django_db
LATER = TUESDAY + timedelta(minutes=10)


@pytest.fixture
def item(requester, team):
    return open_incident(requester=requester, team=team, impact=3, urgency=3)


def said(item, agent, **more):
    return conversation.reply(WorkItem.objects.get(pk=item.pk), by=acting(agent), text="请重启 oops", at=LATER, hold_for=8, **more)


def test_only_colleagues_see_it_then_words_and_files(item, agent, requester, client):
    entry = said(item, agent, files=[store(b"png", "内部.png", user=agent)])
    conversation.take_back(entry, by=acting(agent), at=LATER + timedelta(seconds=4))
    assert not Entry.objects.of(item).visible_to(requester).filter(pk=entry.pk).exists()
    client.force_login(requester)
    page = client.get(f"/items/{item.number}").content.decode()
    assert "oops" not in page
    assert "内部.png" not in page
    client.force_login(agent)
    assert "oops" in client.get(f"/items/{item.number}").content.decode()
    item.refresh_from_db()
    assert item.last_public_at != LATER


def test_the_promises_it_kept_are_open_again_to_the_second(item, agent):
    before = {c.measure: c.due_at for c in item.clocks.filter(state="running")}
    assert "first_response" in before
    entry = said(item, agent)
    assert item.clocks.get(measure="first_response").state == Clock.State.MET
    conversation.take_back(entry, by=acting(agent), at=LATER + timedelta(seconds=4))
    item.refresh_from_db()
    assert item.responded_at is None
    live = {c.measure: c.due_at for c in item.clocks.filter(state="running")}
    assert live == before
    segments = list(item.clocks.get(measure="first_response").segments.order_by("id"))
    assert all(a.ends_at == b.starts_at for a, b in pairwise(segments))
    # Answered in earnest, it is met at that moment.
    conversation.reply(item, by=acting(agent), text="请重启", at=LATER + timedelta(minutes=1))
    item.refresh_from_db()
    assert item.responded_at == LATER + timedelta(minutes=1)
    assert item.clocks.get(measure="first_response").state == Clock.State.MET


def test_an_item_that_was_put_on_hold_with_it_goes_on(item, agent):
    entry = said(item, agent)
    progress.pend(WorkItem.objects.get(pk=item.pk), by=acting(agent), waiting_for=WaitingFor.CUSTOMER, at=LATER)
    done = conversation.take_back(entry, by=acting(agent), at=LATER + timedelta(seconds=4))
    assert done.phase == "active"


def test_what_is_internal_never_comes_out_and_nothing_is_taken_back_twice(item, agent, requester):
    note = conversation.note(item, by=acting(agent), text="他总是这样", at=LATER)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Entry.objects.filter(pk=note.pk).update(public=True)
    with pytest.raises(Refused):
        conversation.take_back(note, by=acting(agent))
    entry = said(item, agent)
    with pytest.raises(Forbidden):
        conversation.take_back(entry, by=acting(requester, "portal"))
    with pytest.raises(Refused) as late:
        conversation.take_back(entry, by=acting(agent), at=LATER + timedelta(seconds=30))
    assert late.value.code == "sent"
    conversation.take_back(entry, by=acting(agent), at=LATER + timedelta(seconds=5))
    with pytest.raises(Refused):
        conversation.take_back(entry, by=acting(agent), at=LATER + timedelta(seconds=5))


def test_a_colleague_does_not_take_back_what_another_said(item, agent, lead, client):
    entry = said(item, agent)
    client.force_login(lead)
    assert client.post(f"/items/{item.number}/take-back/{entry.pk}").status_code == 404
    client.force_login(agent)
    sent = client.post(f"/items/{item.number}/say", {"text": "马上到", "mode": "reply"}, headers={"HX-Request": "true"})
    undo = json.loads(sent["HX-Trigger-After-Settle"])["hw:toast"]["undo"]
    answer = client.post(undo["url"])
    assert answer.json()["text"] == "马上到"
    assert "马上到" in client.get(f"/items/{item.number}").content.decode().split("<textarea", 1)[1]
    assert client.post(undo["url"]).status_code == 422
