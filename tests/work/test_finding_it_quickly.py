"""Finding the right items: the palette speaks the queue's language, the board's numbers open their own lists, lists go by priority."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from hengwei.core.rest import keyset
from hengwei.org.models import Membership
from hengwei.work import listing
from hengwei.work.models import WorkItem
from hengwei.work.models.items import rank
from tests.factories import TeamFactory, UserFactory, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(requester, team):
    now = timezone.now()
    return open_incident(requester=requester, title="打印机卡纸", team=team, impact=1, urgency=1, at=now - timedelta(days=3))


@pytest.fixture
def fresh(requester, team):
    return open_incident(requester=requester, title="显示器闪", team=team, impact=4, urgency=4, at=timezone.now())


def test_the_palette_understands_the_quick_search(client, agent, late, fresh):
    client.force_login(agent)
    page = client.get("/palette?q=is:overdue from:李倩").content.decode()
    assert late.number in page
    assert fresh.number not in page
    assert "/items?view=all&amp;q=is%3Aoverdue+from%3A%E6%9D%8E%E5%80%A9" in page
    assert client.get("/palette?q=is:overdue from:张三").content.decode().count(late.number) == 0
    assert "team:甲乙" not in client.get("/palette?q=colour:red").content.decode()
    assert "colour:red" in client.get("/palette?q=colour:red").content.decode().split("/items?view=all")[1]


def test_the_palette_says_how_one_asks_and_only_to_those_who_have_a_queue(client, agent, requester):
    client.force_login(agent)
    page = client.get("/palette").content.decode()
    for example in ("is:overdue", "owner:me", f"{timezone.localdate():%Y-%m}"):
        assert f'data-typed="{example}"' in page
    client.force_login(requester)
    page = client.get("/palette?q=is:overdue").content.decode()
    assert "/items?view=all" not in page
    assert "data-typed" not in client.get("/palette").content.decode()


def test_each_number_of_the_board_opens_just_the_items_it_counts(client, lead, agent, team, requester, late, fresh):
    Membership.objects.get_or_create(team=team, user=lead)
    other = TeamFactory()
    open_incident(requester=requester, title="别组的", team=other, impact=1, urgency=1, at=timezone.now() - timedelta(days=3))
    soon = open_incident(requester=requester, title="马上到期", team=team, at=timezone.now())
    WorkItem.objects.filter(pk=soon.pk).update(next_due_at=timezone.now() + timedelta(minutes=20))
    waiting = open_incident(requester=requester, title="等了很久", team=team, at=timezone.now() - timedelta(days=6))
    WorkItem.objects.filter(pk=waiting.pk).update(phase="waiting", state="pending", waiting_for="customer", updated_at=timezone.now() - timedelta(days=5), owner=agent)
    client.force_login(lead)
    page = client.get("/board").content.decode()
    tiles = re.findall(r'<a class="tile[^"]*" href="([^"]+)"><b>(\d+)</b>', page)
    assert len(tiles) == 5
    assert tiles[0][0] != tiles[1][0]
    for address, n in tiles:
        rows = re.findall(r'data-number="([^"]+)"', client.get(address.replace("&amp;", "&")).content.decode())
        assert len(rows) == int(n), (address, n, rows)
    assert late.number in client.get(tiles[0][0].replace("&amp;", "&")).content.decode()
    assert soon.number not in client.get(tiles[0][0].replace("&amp;", "&")).content.decode()


def test_the_queue_goes_by_priority_what_has_none_last_page_by_page(client, agent, requester, team, late, fresh):
    for n in range(7):
        item = open_incident(requester=requester, title=f"第{n}件", team=team, at=timezone.now())
        WorkItem.objects.filter(pk=item.pk).update(priority=(None, 2, 3)[n % 3])
    client.force_login(agent)
    page = client.get("/items?view=open&sort=priority").content.decode()
    shown = re.findall(r'data-number="([^"]+)"', page)
    levels = [WorkItem.objects.get(number=number).priority or 5 for number in shown]
    assert len(shown) == 9
    assert levels == sorted(levels)
    rows, seen, cursor = WorkItem.objects.open().annotate(rank=rank()), [], ""
    while True:
        part = keyset(rows, order=listing.SORTS["priority"][1], cursor=cursor, limit=2)
        seen += [item.number for item in part["items"]]
        if not (cursor := part["next"] or ""):
            break
    assert seen == shown
    answer = client.get("/api/v1/items?sort=priority&limit=3").json()
    assert [one["number"] for one in answer["items"]] == shown[:3]
    assert client.get(f"/api/v1/items?sort=priority&limit=3&cursor={answer['next']}").json()["items"][0]["number"] == shown[3]


def test_an_index_serves_the_order_by_priority(agent, late):
    rows = WorkItem.objects.open().annotate(rank=rank()).order_by(*listing.SORTS["priority"][1])[:50]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    assert "item_queue_priority" in rows.explain()


def test_the_order_costs_no_query_more(client, agent, requester, team, late, django_assert_max_num_queries):
    client.force_login(agent)
    client.get("/items?view=open&sort=priority")
    for n in range(6):
        open_incident(requester=UserFactory(name=f"人{n}", customer=requester.customer, role="requester"), title=f"第{n}件", team=team, at=timezone.now())
    with django_assert_max_num_queries(23):
        client.get("/items?view=open&sort=priority")
