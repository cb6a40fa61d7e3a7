"""Promises in words, the same on pages, in print and in comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hengwei.core.levels import NAMES
from hengwei.org.models import Customer, Team, User
from hengwei.work import catalogue, kinds
from hengwei.work.models import AgreementVersion, Category, EscalationLevel, Target, Unit, WaitingFor

from .escalation import ROLES
from .scope import WITHOUT, Scope

#: Digits after the point of a currency's main unit.
CURRENCIES = {"CNY": 2, "USD": 2, "EUR": 2, "HKD": 2, "JPY": 0}
#: As people count: name, and how many stored units one of it is.
COUNTED = {
    "minutes": (gettext_lazy("minutes of working time"), Unit.SECONDS, 60), "hours": (gettext_lazy("hours of working time"), Unit.SECONDS, 3600),
    "working_days": (gettext_lazy("working days"), Unit.WORKING_DAYS, 1), "calendar_days": (gettext_lazy("calendar days"), Unit.CALENDAR_DAYS, 1),
}
FIELDS = {
    "kind": gettext_lazy("kind"), "priority": gettext_lazy("priority"), "category": gettext_lazy("category"), "catalogue": gettext_lazy("catalogue entry"),
    "customer": gettext_lazy("customer or department"), "team": gettext_lazy("team"),
}


def counted(target: Target) -> tuple[int, str]:
    """How much of what, as people say it: 90 minutes, 2 working days."""
    if target.unit != Unit.SECONDS:
        return target.amount, target.unit
    return (target.amount // 3600, "hours") if target.amount % 3600 == 0 else (-(-target.amount // 60), "minutes")


def within(target: Target) -> str:
    """The time of a promise in words."""
    amount, unit = counted(target)
    words = {
        "minutes": ngettext("%(n)d minute", "%(n)d minutes", amount), "hours": ngettext("%(n)d hour", "%(n)d hours", amount),
        "working_days": ngettext("%(n)d working day", "%(n)d working days", amount), "calendar_days": ngettext("%(n)d day", "%(n)d days", amount),
    }[unit] % {"n": amount}
    return words + (_(", to the clock time of receipt") if target.same_time and unit.endswith("days") else "")


class Names:
    """The names behind keys and ids, read once for a page."""

    def __init__(self) -> None:
        self.of: dict[str, dict[Any, str]] = {
            "kind": {kind.key: str(kind.label) for kind in kinds.every()},
            "priority": {WITHOUT: _("not set"), **{key: str(label) for key, label in NAMES.items()}},
            "category": {c.key: c.label for c in Category.objects.all()}, "catalogue": dict(catalogue.choices()),
            "customer": {c.pk: c.label for c in Customer.objects.all()}, "team": {t.pk: t.label for t in Team.objects.all()},
        }
        self.people = {person.pk: person.name for person in User.objects.staff()}
        self.levels = {level.number: level.label for level in EscalationLevel.objects.all()}

    def scope(self, condition: Mapping[str, Any]) -> str:
        """For which items: 故障；优先级：高、紧急."""
        found = Scope.of(condition)
        if found is None:
            return _("by a condition of its own")
        parts = []
        for name in Scope.names():
            values = getattr(found, name)
            if values:
                parts.append(_("%(field)s: %(values)s") % {"field": FIELDS[name], "values": _(", ").join(self.of[name].get(v, str(v)) for v in values)})
        return _("; ").join(parts) or _("all items")

    def who(self, name: str) -> str:
        """Whom a step tells or gives the item to."""
        kind, _colon, key = name.partition(":")
        if kind == "user" and key.isdecimal():
            return self.people.get(int(key), "—")
        if kind == "team" and key.isdecimal():
            return self.of["team"].get(int(key), "—")
        return str(ROLES.get(name, name))

    def step(self, step: Mapping[str, Any]) -> str:
        """A step of escalation in words."""
        if "after" in step:
            hours = int(step["after"]) / 3600
            when = _("%(n)s h after the breach") % {"n": f"{hours:g}"}
        else:
            when = _("at breach") if step["percent"] >= 100 else _("at %(n)d %%") % {"n": step["percent"]}
        does = []
        if step.get("notify"):
            does.append(_("tells %(who)s") % {"who": _(", ").join(self.who(name) for name in step["notify"])})
        if step.get("level"):
            does.append(_("level %(level)s") % {"level": self.levels.get(step["level"], step["level"])})
        if step.get("reassign"):
            does.append(_("goes to %(who)s") % {"who": self.who(step["reassign"])})
        if step.get("raise_priority"):
            does.append(_("raises the priority"))
        if step.get("urgent"):
            does.append(_("also outside working hours"))
        return _("%(when)s: %(does)s") % {"when": when, "does": _(", ").join(does) or "—"}


def pauses(target: Target) -> str:
    """While what a promise rests."""
    return _(", ").join(str(WaitingFor(one).label) for one in target.pausing if one in WaitingFor.values) or _("never")


def fee(version: AgreementVersion) -> str:
    """12,000.00 CNY a year."""
    if version.fee is None:
        return ""
    digits = CURRENCIES.get(version.currency, 2)
    return f"{Decimal(version.fee) / 10**digits:,.{digits}f} {version.currency} {version.get_fee_period_display()}"
