"""China's official calendar, as published; what is not published is flagged."""

from datetime import date

from hengwei.calendars.official import china, published_until

HOURS = [[540, 1080]]


def test_a_make_up_day_is_worked_and_a_holiday_is_not():
    days = china([2025], HOURS)
    assert days["2025-10-01"]["hours"] == [] and days["2025-10-01"]["name"] == "国庆节"
    assert days["2025-09-28"]["kind"] == "make_up" and days["2025-09-28"]["hours"] == HOURS
    assert date(2025, 9, 28).weekday() == 6
    assert not any(day["provisional"] for day in days.values())


def test_a_year_beyond_the_published_ones_is_provisional():
    year = published_until() + 1
    days = china([year], HOURS)
    assert f"{year}-10-01" in days
    assert all(day["provisional"] for day in days.values())
