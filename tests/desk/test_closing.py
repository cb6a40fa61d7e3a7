"""Closing what nobody opposes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hengwei.desk.actions.closing import close_unopposed
from hengwei.work.actions import progress
from hengwei.work.models import Category, WorkItem
from tests.factories import acting, open_incident

pytestmark = pytest.mark.django_db
#: A Thursday, 17:00 in Shanghai; the weekend lies between it and the fifth working day after.
THURSDAY = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def resolved(requester, team, agent):
    made = open_incident(requester=requester, team=team, at=THURSDAY - timedelta(hours=4), category=Category.objects.create(key="p", name="打印机"))
    progress.resolve(WorkItem.objects.get(pk=made.pk), by=acting(agent), cause="c", solution="s", at=THURSDAY)
    return WorkItem.objects.get(pk=made.pk)


def test_after_five_working_days_and_not_before(resolved):
    assert close_unopposed(THURSDAY + timedelta(days=5, hours=1)) == 0
    assert close_unopposed(THURSDAY + timedelta(days=7, minutes=-1)) == 0
    assert close_unopposed(THURSDAY + timedelta(days=7)) == 1
    resolved.refresh_from_db()
    assert resolved.phase == "closed"
    assert "5" in resolved.entries.filter(kind="transition").last().text
    assert close_unopposed(THURSDAY + timedelta(days=8)) == 0


def test_an_objection_in_time_keeps_it_open(resolved, requester):
    progress.reopen(resolved, by=acting(requester, "portal"), comment="还是不行", at=THURSDAY + timedelta(days=1))
    assert close_unopposed(THURSDAY + timedelta(days=30)) == 0


def test_a_complaint_is_closed_by_the_persons_own_word_only(resolved):
    WorkItem.objects.filter(pk=resolved.pk).update(kind="complaint")
    assert close_unopposed(THURSDAY + timedelta(days=30)) == 0


def test_never_where_the_department_says_so(resolved, settings):
    settings.CLOSE_AFTER_DAYS = 0
    assert close_unopposed(THURSDAY + timedelta(days=30)) == 0
