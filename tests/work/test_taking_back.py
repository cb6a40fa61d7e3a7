"""A reply within its seconds of undo has not happened outside; taken back it was never said, also to the clocks."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import ProgrammingError, transaction

from hengwei.core.errors import Forbidden, Refused
from hengwei.core.files import store
from hengwei.core.models import SearchEntry
from hengwei.work import jobs
from hengwei.work.actions import conversation, relations
from hengwei.work.events import ItemTold
from hengwei.work.models import Attachment, Clock, Entry, WorkItem
from tests.factories import TUESDAY, acting, open_incident

pytestmark = pytest.mark.django_db
LATER = TUESDAY + timedelta(minutes=10)
OUT = LATER + timedelta(seconds=8 + conversation.LEEWAY)


@pytest.fixture
def item(requester, team):
    return open_incident(requester=requester, team=team, impact=3, urgency=3)


@pytest.fixture
def told(monkeypatch):
    """What the rooms above hear of words."""
    heard = []
    monkeypatch.setattr("hengwei.work.actions.conversation.emit", lambda event: heard.append(event) if isinstance(event, ItemTold) else None)
    return heard


def said(item, agent, **more):
    return conversation.reply(WorkItem.objects.get(pk=item.pk), by=acting(agent), text="请重启 oops", at=LATER, hold_for=8, **more)


def seen_by(client, user, item):
    client.force_login(user)
    return client.get(f"/items/{item.number}").content.decode()


def test_nobody_outside_knows_of_it_until_its_time_is_over(item, agent, requester, client, told):
    entry = said(item, agent, files=[store(b"png", "图.png", user=agent)])
    assert "oops" not in seen_by(client, requester, item)
    assert "图.png" not in seen_by(client, requester, item)
    assert client.get(f"/files/{entry.attachments.get().file_id}/").status_code in (403, 404)
    assert "oops" in seen_by(client, agent, item)
    jobs.reindex_item(item.pk)
    assert "oops" not in SearchEntry.objects.get(kind="item", object_id=item.pk).text
    item.refresh_from_db()
    assert item.last_public_at != LATER
    assert told == []
    # Too early nothing happens; then all of it, once, and as of the moment it was written.
    assert conversation.let_out(entry, at=OUT - timedelta(seconds=1)) is None
    assert conversation.let_out(entry, at=OUT) is not None
    assert conversation.let_out(entry, at=OUT) is None
    assert [(event.entry_id, event.public, event.by_staff, event.actor.user, event.at) for event in told] == [(entry.pk, True, True, agent, LATER)]
    assert "oops" in seen_by(client, requester, item)
    assert "图.png" in seen_by(client, requester, item)
    item.refresh_from_db()
    assert (item.responded_at, item.last_public_at) == (LATER, LATER)
    assert item.clocks.get(measure="first_response").stopped_at == LATER


def test_over_rest_it_is_answered_only_once_it_is_out(item, agent, requester, client, told):
    entry = said(item, agent)

    def answered():
        found = []
        for reader in (requester, agent):
            client.force_login(reader)
            found += [client.get(f"/api/v1/items/{item.number}").json()["responded_at"], client.get("/api/v1/items").json()["items"][0]["responded_at"]]
        return found

    assert answered() == [None] * 4
    conversation.let_out(entry, at=OUT)
    assert {datetime.fromisoformat(one) for one in answered()} == {LATER}


def test_taken_back_only_colleagues_see_it_with_its_files(item, agent, requester, client, told):
    entry = said(item, agent, files=[store(b"png", "内部.png", user=agent)])
    conversation.take_back(entry, by=acting(agent), at=LATER + timedelta(seconds=4))
    assert conversation.let_out(entry, at=OUT) is None
    assert told == []
    assert not Entry.objects.of(item).visible_to(requester).filter(pk=entry.pk).exists()
    assert "oops" not in seen_by(client, requester, item)
    assert "oops" in seen_by(client, agent, item)
    assert not Attachment.objects.filter(entry=entry, public=True).exists()
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


def test_a_reply_whose_job_was_lost_goes_out_all_the_same(item, agent):
    entry = said(item, agent)
    jobs.let_replies_out(0)
    entry.refresh_from_db()
    assert (entry.public, entry.held_until) == (True, None)


def test_an_item_waits_for_the_customer_once_the_reply_is_out(item, agent):
    entry = said(item, agent, then_wait=True)
    item.refresh_from_db()
    assert item.phase != "waiting"
    conversation.let_out(entry, at=OUT)
    item.refresh_from_db()
    assert (item.phase, item.waiting_for) == ("waiting", "customer")


def test_it_does_not_wait_for_a_customer_who_has_spoken_meanwhile(item, agent, requester):
    entry = said(item, agent, then_wait=True)
    conversation.reply(WorkItem.objects.get(pk=item.pk), by=acting(requester, "portal"), text="还是不行", at=LATER + timedelta(seconds=5))
    conversation.let_out(entry, at=OUT)
    item.refresh_from_db()
    assert item.phase != "waiting"
    # The newest words are his: they still wait for an answer.
    assert item.last_public_from_requester


def test_a_reply_to_all_reports_is_taken_back_in_one_step(item, agent, requester, team, client):
    reports = [open_incident(requester=requester, team=team) for _n in range(2)]
    for report in reports:
        relations.set_parent(report, item, by=acting(agent))
    # Overdue by now, which they are again, since when they were.
    before = {c.pk: c.due_at for c in Clock.objects.filter(item__in=reports, state="running")}
    client.force_login(agent)
    sent = client.post(f"/items/{item.number}/say", {"text": "三楼网络故障", "mode": "reply", "reports": "1"}, headers={"HX-Request": "true"})
    assert Entry.objects.held().count() == 3
    undo = json.loads(sent["HX-Trigger-After-Settle"])["hw:toast"]["undo"]
    assert client.post(undo["url"]).json()["text"] == "三楼网络故障"
    assert Entry.objects.held().count() == 0
    assert Entry.objects.filter(details__taken_back=True).count() == 3
    assert {c.pk: c.due_at for c in Clock.objects.filter(item__in=reports, state="running")} == before
    assert "三楼网络故障" not in seen_by(client, requester, reports[0])


def test_what_is_internal_never_comes_out_and_nothing_is_taken_back_twice(item, agent, requester):
    note = conversation.note(item, by=acting(agent), text="他总是这样", at=LATER)
    for change in ({"public": True}, {"held_until": OUT}):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Entry.objects.filter(pk=note.pk).update(**change)
    with pytest.raises(Refused):
        conversation.take_back(note, by=acting(agent))
    entry = said(item, agent)
    with pytest.raises(Forbidden):
        conversation.take_back(entry, by=acting(requester, "portal"))
    conversation.take_back(entry, by=acting(agent), at=LATER + timedelta(seconds=5))
    with pytest.raises(Refused):
        conversation.take_back(entry, by=acting(agent), at=LATER + timedelta(seconds=5))
    with pytest.raises(ProgrammingError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(public=True)
    other = said(item, agent)
    conversation.let_out(other, at=OUT)
    with pytest.raises(Refused) as late:
        conversation.take_back(other, by=acting(agent), at=OUT)
    assert late.value.code == "sent"


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
    # Without a script the button under the words does the same.
    client.post(f"/items/{item.number}/say", {"text": "稍等", "mode": "reply"})
    words = client.get(f"/items/{item.number}").content.decode()
    pk = item.entries.held().order_by("-pk").first().pk
    assert f"/take-back/{pk}" in words
    back = client.post(f"/items/{item.number}/take-back/{pk}", headers={"Accept": "text/html"})
    assert back.status_code == 302
    assert not item.entries.held().filter(pk=pk).exists()


def test_a_program_gives_seconds_of_undo_and_takes_back(item, agent, requester, client):
    client.force_login(agent)
    given = client.post(f"/api/v1/items/{item.number}/replies", {"text": "oops", "undo_seconds": 20}, content_type="application/json").json()
    assert (given["public"], given["held_until"] is not None) == (False, True)
    assert client.post(f"/api/v1/items/{item.number}/replies/{given['id']}/take-back").status_code == 204
    again = client.post(f"/api/v1/items/{item.number}/replies/{given['id']}/take-back")
    assert again.status_code == 422
    client.force_login(requester)
    assert client.post(f"/api/v1/items/{item.number}/replies/{given['id']}/take-back").status_code == 404
