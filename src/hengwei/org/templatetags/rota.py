"""Turns of duty in words."""

from __future__ import annotations

from django import template
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from hengwei.ui.templatetags.ui import duration

register = template.Library()

_DAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}


@register.filter
def lasting(minutes: int) -> str:
    """Minutes in words."""
    return duration(minutes * 60)


@register.filter
def repeated(rule: str) -> str:
    """An RFC 5545 rule in words, where it only says every so many days or weeks, and on which; any other as it stands."""
    parts = dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)
    if not parts.keys() <= {"FREQ", "INTERVAL", "BYDAY"} or parts.get("FREQ") not in ("DAILY", "WEEKLY"):
        return rule
    n = int(parts.get("INTERVAL", "1"))
    if parts["FREQ"] == "DAILY":
        said = _("every day") if n == 1 else _("every %(n)d days") % {"n": n}
    else:
        said = _("every week") if n == 1 else _("every %(n)d weeks") % {"n": n}
    days = [day for day in parts.get("BYDAY", "").split(",") if day]
    if any(day not in _DAYS for day in days):
        return rule
    return f"{said} · {_(', ').join(str(WEEKDAYS_ABBR[_DAYS[day]]) for day in days)}" if days else said
