"""What tests of controls need: a month, and judging one control by key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hengwei.core import controls
from hengwei.core.controls import Findings, Period
from tests.factories import UserFactory

#: Tuesday 24 November 2026, 17:00 in Shanghai.
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NOVEMBER = Period(datetime(2026, 10, 31, 16, tzinfo=UTC), datetime(2026, 11, 30, 16, tzinfo=UTC), NOW)


def judge(key: str, period: Period = NOVEMBER, **params: Any) -> Findings:
    """What a control finds in November, as of the afternoon of the 24th."""
    control = controls.get(key)
    return controls.judge(control, period, control.clean(params))


def wrong(findings: Findings) -> set[str]:
    """The keys of the exceptions; they must be as many as the count says, and so must those of the people."""
    rows = findings.rows(0, 100)
    assert len(rows) == findings.exceptions == sum(times for _person, times in findings.people())
    assert all(row.why and row.record for row in rows)
    return {row.key for row in rows}


@pytest.fixture
def ago():
    """A moment so many minutes before now."""
    return lambda minutes: NOW - timedelta(minutes=minutes)


@pytest.fixture
def manager(department):
    """Who writes regulations."""
    return UserFactory(name="杨静", role="manager")


@pytest.fixture
def boss(department):
    """Who approves them."""
    return UserFactory(name="总监", role="manager")
