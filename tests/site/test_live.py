"""Live updates: nothing that happens while a page begins to listen is missed."""

from __future__ import annotations

import asyncio
import json

import pytest
from django.test import RequestFactory

from hengwei.core.live import Hub
from hengwei.site.live import _allowed
from tests.factories import UserFactory, open_incident


@pytest.mark.django_db
def test_a_page_is_told_at_once_how_its_item_stands(requester, agent, team):
    item = open_incident(requester=requester, team=team)
    other = open_incident(requester=UserFactory(role="requester"), team=team)
    request = RequestFactory().get("/live", {"topic": [f"item:{item.pk}", f"item:{other.pk}", f"tasks:{requester.pk}", "queue"]})
    request.user = requester
    topics, opening = _allowed(request)
    assert topics == [f"item:{item.pk}", f"tasks:{requester.pk}"]
    assert opening == [{"topic": f"item:{item.pk}", "version": item.version}]


@pytest.mark.django_db(transaction=True)
def test_what_was_said_before_the_listening_began_is_looked_at():
    async def first_two() -> list[str]:
        told = []
        async for line in Hub().stream(["item:7"], [{"topic": "item:7", "version": 3}]):
            if line.startswith("data:"):
                told.append(json.loads(line.removeprefix("data: ")))
            if len(told) == 2:
                return told
        return told

    assert asyncio.run(asyncio.wait_for(first_two(), 10)) == [{"topic": "item:7", "version": 3}, {"topic": "item:7"}]
