"""Hours as people write them; the year on the wall; what a change would mean; hours that hold from a day."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengwei.calendars.actions import (
    change_hours,
    create_calendar,
    draft,
    import_official,
    rename_calendar,
    set_days,
)
from hengwei.calendars.business_time import BusinessCalendar, intervals
from hengwei.calendars.hours import BadHours, differing, parse, show, year_of
from hengwei.calendars.models import Calendar
from hengwei.core.errors import Forbidden, Refused
from tests.factories import TUESDAY, UserFactory, acting

minutes = st.integers(0, 1439)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@given(st.lists(st.tuples(minutes, st.integers(1, 1439)), max_size=4))
def test_what_is_written_is_read_again(pairs):
    try:
        hours = [list(pair) for pair in intervals((start, start + length) for start, length in pairs)]
    except ValueError:
        return
    if all(end - start < 1440 for start, end in hours):
        assert parse(show(hours)) == hours


@pytest.mark.parametrize("text, pairs", [
    ("", []), ("09:00-12:00, 13:30-18:00", [[540, 720], [810, 1080]]), ("9:00–12:00；13:30至18:00", [[540, 720], [810, 1080]]), ("22:00-06:00", [[1320, 1800]]), ("00:00-24:00", [[0, 1440]]),
    ("13:00-18:00,09:00-13:00", [[540, 1080]]),
])
def test_hours_are_read(text, pairs):
    assert parse(text) == pairs


@pytest.mark.parametrize("text", ["9-12", "25:00-26:00", "09:60-10:00", "morning", "09:00-12:00-13:00"])
def test_what_is_no_hours_is_named(text):
    with pytest.raises(BadHours):
        parse(text)


@given(st.integers(2000, 2100))
def test_a_year_has_each_of_its_days_once_under_its_weekday(year):
    months = year_of(BusinessCalendar.weekly({0: [(540, 1080)]}), {}, year)
    days = [day for month in months for day in month if day is not None]
    assert [d.date.toordinal() for d in days] == list(range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()))
    assert all(month.index(day) % 7 == day.date.weekday() for month in months for day in month if day is not None)


@pytest.fixture
def by(department):
    return acting(UserFactory(role="manager"))


@pytest.fixture
def shop(by):
    return create_calendar(by=by, name="售后热线", name_en="Hotline", week=[[[540, 1080]]] * 5 + [[], []])


@pytest.mark.django_db
def test_hours_that_hold_from_a_day_leave_the_past_as_it_was(shop, by):
    change_hours(shop, by=by, week=[[[480, 1200]]] * 6 + [[]], since=date(2026, 12, 1), reason="旺季")
    compiled = shop.current().compiled()
    assert compiled.hours_on(date(2026, 11, 30)) == ((540, 1080),)
    assert compiled.hours_on(date(2026, 12, 1)) == ((480, 1200),)
    assert compiled.is_working_day(date(2026, 12, 5)) and not compiled.is_working_day(date(2026, 11, 28))
    change_hours(shop, by=by, week=[[[600, 1080]]] * 5 + [[], []], since=date(2027, 3, 1), reason="淡季")
    again = shop.current().compiled()
    assert again.hours_on(date(2026, 11, 30)) == ((540, 1080),) and again.hours_on(date(2027, 2, 26)) == ((480, 1200),) and again.hours_on(date(2027, 3, 1)) == ((600, 1080),)
    change_hours(shop, by=by, week=[[[540, 1020]]] * 5 + [[], []], reason="更正")
    assert shop.current().compiled().hours_on(date(2026, 11, 30)) == ((540, 1020),)
    assert shop.versions.count() == 4


@pytest.mark.django_db
def test_a_draft_changes_nothing_and_says_which_days_differ(shop, by):
    version = draft(shop, at=TUESDAY, by=by, week=[[[540, 1080]]] * 6 + [[]])
    days = differing(shop.current().compiled(), version.compiled(), date(2026, 11, 24), 14)
    assert [day.weekday() for day, _old, _new in days] == [5, 5] and days[0][1:] == ("", "09:00-18:00")
    assert shop.versions.count() == 1


@pytest.mark.django_db
def test_official_days_come_in_and_the_company_s_own_stay(shop, by):
    set_days(shop, by=by, days={date(2026, 10, 1): {"kind": "other", "name": "国庆值班", "hours": [[600, 960]]}}, reason="值班")
    import_official(shop, by=by, years=[2026, 2027], reason="年度更新")
    days = shop.current().days
    assert days["2026-10-01"]["name"] == "国庆值班" and days["2026-10-02"]["name"] == "国庆节"
    assert any(facts["kind"] == "make_up" for facts in days.values())
    assert all(facts["provisional"] for day, facts in days.items() if day.startswith("2027"))


@pytest.mark.django_db
def test_a_change_needs_a_reason_and_the_right(shop, by, agent):
    with pytest.raises(Refused):
        change_hours(shop, by=by, week=[[[540, 1080]]] * 7, reason=" ")
    with pytest.raises(Refused):
        change_hours(shop, by=by, week=[[]] * 7, reason="关门")
    with pytest.raises(Forbidden):
        set_days(shop, by=acting(agent), days={date(2026, 12, 31): None}, reason="x")


@pytest.mark.django_db
def test_one_calendar_is_the_default(shop, by):
    rename_calendar(shop, by=by, name="售后热线", is_default=True)
    assert list(Calendar.objects.filter(is_default=True)) == [shop]
    shop.refresh_from_db()
    with pytest.raises(Refused):
        rename_calendar(shop, by=by, name="售后热线", is_default=False)


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def signed(self, by, client):
        client.force_login(by.user)
        return client

    def test_the_year_marks_holidays_and_make_up_days(self, signed):
        page = signed.get(f"/calendars/{Calendar.objects.get(key='office').pk}?year=2026").content.decode()
        assert "d off holiday" in page and "make_up" in page and "国庆节" in page

    def test_a_sum_is_tried(self, signed, shop):
        page = signed.get(f"/calendars/{shop.pk}?start=2026-11-24T16:00&amount=8&unit=hours").content.decode()
        assert "2026-11-25 15:00" in page
        assert signed.get(f"/calendars/{shop.pk}?start=x&amount=-1&unit=years").status_code == 200

    def test_a_change_is_looked_at_before_it_is_saved(self, signed, shop):
        sent = {"timezone": "Asia/Shanghai", **{f"day_{n}": "08:00-18:00" for n in range(5)}, "day_5": "", "day_6": "", "since": "", "reason": "提前上班"}
        page = signed.post(f"/calendars/{shop.pk}/hours", {**sent, "preview": "1"}).content.decode()
        assert "08:00-18:00" in page and shop.versions.count() == 1
        assert signed.post(f"/calendars/{shop.pk}/hours", {**sent, "save": "1"}).status_code == 302
        assert shop.current().week[0] == [[480, 1080]]
        assert signed.post(f"/calendars/{shop.pk}/hours", {**sent, "day_0": "morning", "save": "1"}).status_code == 422

    def test_days_are_set_by_range_and_given_back(self, signed, shop):
        sent = {"first": "2026-12-24", "last": "2026-12-26", "kind": "holiday", "name": "年终盘点", "hours": "", "reason": "盘点", "save": "1"}
        assert signed.post(f"/calendars/{shop.pk}/days", sent).status_code == 302
        assert shop.current().days["2026-12-25"]["name"] == "年终盘点"
        signed.post(f"/calendars/{shop.pk}/days", {**sent, "kind": "follow"})
        assert shop.current().days == {}
        assert signed.post(f"/calendars/{shop.pk}/days", {**sent, "kind": "half"}).status_code == 422

    def test_a_calendar_is_made_and_goes_out_as_ics(self, signed):
        sent = {"name": "小时支持", "name_en": "Hourly", "timezone": "Asia/Shanghai", "working": "08:00-20:00", "saturday": "09:00-12:00", "sunday": "", "official": "on"}
        assert signed.post("/calendars/new", sent).status_code == 302
        row = Calendar.objects.get(key="hourly")
        body = signed.get(f"/calendars/{row.pk}/days.ics").content.decode()
        assert body.startswith("BEGIN:VCALENDAR") and "国庆节" in body

    def test_the_list_asks_the_database_little(self, signed, shop, django_assert_max_num_queries):
        with django_assert_max_num_queries(16):
            signed.get("/calendars")


@pytest.mark.django_db
def test_rest_adds_and_changes(by, shop):
    from tests.site.test_api import Api

    api = Api(by.user)
    start = datetime(2026, 11, 24, 16, tzinfo=SHANGHAI).isoformat().replace("+", "%2B")
    answer = api.call("GET", f"calendars/{shop.pk}/add?start={start}&amount=8&unit=hours").json()
    assert datetime.fromisoformat(answer["end"]) == datetime(2026, 11, 25, 15, tzinfo=SHANGHAI)
    assert api.call("POST", f"calendars/{shop.pk}/days", {"days": {"2026-12-31": {"kind": "half", "hours": [[540, 720]]}}, "reason": "年末"}).status_code == 200
    assert api.call("POST", f"calendars/{shop.pk}/days", {"days": {"soon": None}, "reason": "x"}).status_code == 422
    assert api.call("POST", f"calendars/{shop.pk}/hours", {"week": [[[2000, 2100]]], "reason": "x"}).status_code == 422
    assert api.call("GET", "calendars").json()["items"]
