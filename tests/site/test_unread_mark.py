"""What a reader has not seen yet is marked, and the mark stays while the page is renewed part by part."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from hengwei.work.actions.conversation import reply
from tests.factories import acting, open_incident

pytestmark = pytest.mark.django_db


def test_the_mark_stays_when_a_part_is_fetched_anew(requester, agent, team):
    item = open_incident(requester=requester, at=timezone.now())
    client = Client()
    client.force_login(agent)
    client.get(f"/items/{item.number}")
    entry = reply(item, by=acting(requester, via="portal"), text="还是不行")
    page = client.get(f"/items/{item.number}").content.decode()
    renewed = re.search(r'data-refresh="([^"]*part=timeline[^"]*)"', page)[1].replace("&amp;", "&")
    assert f"unread={entry.pk}" in renewed
    again = client.get(renewed).content.decode()
    assert f"unread={entry.pk}" in again
    assert 'class="unread' in again or "unread-from" in again


def test_a_part_of_the_page_asks_less_than_the_whole(requester, agent, team, django_assert_max_num_queries):
    item = open_incident(requester=requester)
    client = Client()
    client.force_login(agent)
    client.get(f"/items/{item.number}")
    with django_assert_max_num_queries(30):
        client.get(f"/items/{item.number}?part=timeline")
