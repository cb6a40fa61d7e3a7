"""China's official days: holidays and make-up working days as the State Council publishes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import chinese_calendar
import holidays

#: Chinese names of the holidays that chinesecalendar knows in English.
NAMES = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "National Day": "国庆节", "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def published_until() -> int:
    """The last year that has been published."""
    return max(day.year for day in chinese_calendar.holidays)


def china(years: Iterable[int], working_hours: list[list[int]]) -> dict[str, dict[str, Any]]:
    """The days of these years that differ from the week, as CalendarVersion.days wants them.

    A make-up day has the hours of an ordinary working day. Years that are not published yet carry the statutory
    holidays that can be computed, each flagged provisional: their make-up days are unknown.
    """
    days: dict[str, dict[str, Any]] = {}
    for year in years:
        days |= _published(year, working_hours) if year <= published_until() else _provisional(year)
    return days


def _published(year: int, working_hours: list[list[int]]) -> dict[str, dict[str, Any]]:
    days: dict[str, dict[str, Any]] = {}
    day = date(year, 1, 1)
    while day.year == year:
        if day in chinese_calendar.holidays:
            name = chinese_calendar.holidays[day]
            days[day.isoformat()] = {"kind": "holiday", "name": NAMES.get(name, name), "name_en": name, "hours": [], "provisional": False}
        elif day in chinese_calendar.workdays:
            name = chinese_calendar.workdays[day]
            days[day.isoformat()] = {
                "kind": "make_up", "name": f"{NAMES.get(name, name)}调休", "name_en": f"make-up day for {name}", "hours": working_hours,
                "provisional": False,
            }
        day += timedelta(days=1)
    return days


def _provisional(year: int) -> dict[str, dict[str, Any]]:
    found = holidays.country_holidays("CN", years=year, language="zh_CN", categories=("public",))
    return {
        day.isoformat(): {"kind": "holiday", "name": name, "name_en": "", "hours": [], "provisional": True}
        for day, name in sorted(found.items())
    }
