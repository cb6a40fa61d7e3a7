"""When a person is told, by his own hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengwei.calendars.business_time import BusinessCalendar, Week
from hengwei.channels.timing import DIGESTS, Hours, moment

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = BusinessCalendar((Week.of(dict.fromkeys(range(5), ((9 * 60, 18 * 60),))),), SHANGHAI, {})


def at(text: str) -> datetime:
    """A moment of November 2026 in Shanghai: 'day hour:minute'."""
    day, clock = text.split()
    return datetime.combine(date(2026, 11, int(day)), time.fromisoformat(clock), SHANGHAI)


NIGHT = Hours(quiet_from=time(22), quiet_until=time(7))


@pytest.mark.parametrize(("hours", "when", "now", "told"), [
    (Hours(), "now", "24 03:00", "24 03:00"), (NIGHT, "now", "24 23:00", "25 07:00"), (NIGHT, "now", "24 06:59", "24 07:00"), (NIGHT, "now", "24 07:00", "24 07:00"),
    (Hours(quiet_from=time(12), quiet_until=time(14)), "now", "24 13:00", "24 14:00"), (Hours(working_only=True), "now", "27 19:00", "30 09:00"),
    (Hours(working_only=True, quiet_from=time(22), quiet_until=time(10)), "now", "27 19:00", "30 10:00"), (Hours(digest="hourly"), "digest", "24 10:20", "24 11:00"),
    (Hours(digest="daily", digest_at=time(8, 30)), "digest", "24 10:00", "25 08:30"), (Hours(digest="daily", digest_at=time(8, 30)), "digest", "24 08:00", "24 08:30"),
    (Hours(digest="weekly", digest_at=time(9), digest_day=0), "digest", "24 10:00", "30 09:00"), (Hours(digest="hourly", quiet_from=time(22), quiet_until=time(7)), "digest", "24 22:10", "25 07:00"),
])
def test_when(hours, when, now, told):
    assert moment(when, hours, at(now), next_open=OFFICE.next_open) == at(told)


def test_what_is_urgent_waits_for_no_morning():
    assert moment("now", NIGHT, at("24 23:00"), urgent=True) == at("24 23:00")
    assert moment("never", NIGHT, at("24 23:00"), urgent=True) is None


walls = st.times().map(lambda t: t.replace(second=0, microsecond=0))
moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
zones = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "UTC"]).map(ZoneInfo)


@given(walls, walls, st.sampled_from(DIGESTS), walls, st.integers(0, 6), zones, moments, st.sampled_from(["now", "digest"]))
def test_never_before_now_never_in_quiet_hours_never_later_than_ten_days(quiet_from, quiet_until, digest, digest_at, day, zone, now, when):
    hours = Hours(quiet_from, quiet_until, False, digest, digest_at, day, zone)
    told = moment(when, hours, now)
    assert now <= told <= now + timedelta(days=10)
    # The hour that a clock skips in spring may lie at the end of a quiet night.
    assert not hours.is_quiet(told) or not hours.is_quiet(told + timedelta(hours=1, minutes=1)) or quiet_from == quiet_until


@given(st.dictionaries(st.sampled_from(["quiet_from", "quiet_until", "working_only", "digest", "digest_at", "digest_day"]), st.one_of(st.none(), st.text(max_size=6), st.integers(), st.booleans())), st.text(max_size=10))
def test_what_cannot_be_read_is_as_usual(kept, zone):
    hours = Hours.of(kept, zone)
    assert moment("digest", hours, at("24 10:00")) is not None
