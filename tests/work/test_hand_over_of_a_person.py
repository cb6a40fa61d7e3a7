"""Absence or leaving: all open items go to who stands in, in one step, with the list shown before; and what records show of work."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hengwei.org.actions.duty import hand_over_absence, save_absence
from hengwei.org.actions.people import deactivate
from hengwei.work.actions.assignment import assign
from hengwei.work.actions.progress import close, resolve
from hengwei.work.models import Category, Entry
from tests.factories import TUESDAY, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(agent, requester, team):
    """Three items of the agent, one of them closed."""
    category = Category.objects.create(key="printer", name="打印机")
    items = [assign(open_incident(requester=requester, team=team, category=category, title=f"打印机{n}"), by=acting(agent), owner=agent) for n in range(3)]
    resolve(items[2], by=acting(agent), solution="换纸", cause="缺纸", at=TUESDAY)
    close(items[2].locked(), by=acting(agent), at=TUESDAY)
    return items


def test_in_one_step_each_with_its_line_in_the_timeline(held, agent, lead):
    absence = save_absence(by=acting(agent), user=agent, starts_at=TUESDAY, ends_at=TUESDAY + timedelta(days=5), deputy=lead)
    for item in held:
        item.refresh_from_db()
    assert held[0].owner == agent
    hand_over_absence(absence, by=acting(agent))
    for item in held:
        item.refresh_from_db()
    assert [item.owner for item in held] == [lead, lead, agent]
    line = Entry.objects.filter(item=held[0], kind="assignment").latest("id")
    assert agent.name in line.words and lead.name in line.words
    assert held[0].team is not None


def test_who_leaves_hands_over(held, agent, lead):
    deactivate(agent, by=acting(UserFactory(role="manager")), deputy=lead)
    held[1].refresh_from_db()
    assert held[1].owner == lead


def test_without_a_wish_nothing_moves(held, agent, lead):
    deactivate(agent, by=acting(UserFactory(role="manager")))
    held[1].refresh_from_db()
    assert held[1].owner == agent


def test_the_list_is_shown_before(client, held, agent, lead):
    absence = save_absence(by=acting(agent), user=agent, starts_at=TUESDAY, ends_at=TUESDAY + timedelta(days=500), deputy=lead)
    client.force_login(agent)
    page = client.get(f"/org/absences/{absence.pk}").content.decode()
    assert held[0].number in page and held[2].number not in page
    assert client.post(f"/org/absences/{absence.pk}/do/hand_over").status_code == 302
    held[0].refresh_from_db()
    assert held[0].owner == lead


def test_people_and_customers_show_their_work(client, held, agent, requester, lead):
    from hengwei.desk.models import Rating

    Rating.objects.create(item=held[2], score=4, at=TUESDAY)
    client.force_login(lead)
    page = client.get(f"/org/people/{agent.pk}").content.decode()
    assert held[0].number in page and "2 / 20" in page
    page = client.get(f"/org/customers/{requester.customer_id}").content.decode()
    assert all(item.number in page for item in held)


def test_a_change_of_the_calendar_says_what_clocks_would_do(client, held, department):
    from hengwei.calendars.models import Calendar

    client.force_login(UserFactory(role="manager"))
    office = Calendar.objects.get(key="office")
    sent = {"timezone": "Asia/Shanghai", **{f"day_{n}": "08:00-20:00" for n in range(5)}, "day_5": "", "day_6": "", "since": "", "reason": "延长", "preview": "1"}
    page = client.post(f"/calendars/{office.pk}/hours", sent).content.decode()
    assert "08:00-20:00" in page and ("时限" in page or "clocks" in page)


def test_a_persons_page_lists_his_open_items_once(client, held, agent):
    client.force_login(UserFactory(role="manager"))
    page = client.get(f"/org/people/{agent.pk}").content.decode()
    assert page.count(f'href="{held[0].get_absolute_url()}"') == 1
    assert "2, listed on this page" in page or "2项，见本页列表" in page
