"""What people fill in about working time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.ui.kit import KitForm, KitModelForm

from .hours import BadHours, parse, show
from .models import Calendar
from .official import china, published_until

WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
#: The longest run of dates that one change gives hours of their own.
MOST_DAYS = 370


class HoursField(forms.CharField):
    """Hours of a day, as people write them."""

    def __init__(self, **kwargs: Any):
        super().__init__(required=False, max_length=200, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return show(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[list[int]]:  # type: ignore[override]
        try:
            return parse(super().clean(value))
        except BadHours as error:
            raise forms.ValidationError(_t("“%(part)s” is no time. Write 09:00-12:00, 13:30-18:00.") % {"part": error}) from None
        except ValueError:
            raise forms.ValidationError(_t("Hours begin on their day and end by the close of the next.")) from None


class WeekForm(KitForm):
    """The weekly hours."""

    timezone = forms.CharField(label=_("time zone"), max_length=60)
    always_open = forms.BooleanField(label=_("round the clock, every day"), required=False)
    day_0 = HoursField(label=WEEKDAYS[0], help_text=_("Several intervals between commas; an end before its start is on the next day; empty: closed."))
    day_1 = HoursField(label=WEEKDAYS[1])
    day_2 = HoursField(label=WEEKDAYS[2])
    day_3 = HoursField(label=WEEKDAYS[3])
    day_4 = HoursField(label=WEEKDAYS[4])
    day_5 = HoursField(label=WEEKDAYS[5])
    day_6 = HoursField(label=WEEKDAYS[6])
    since = forms.DateField(label=_("holds from"), required=False, widget=forms.DateInput, help_text=_("Before that day the hours are those of now. Empty: an error is put right, also for the past."))
    reason = forms.CharField(label=_("reason"), max_length=300, help_text=_("It explains the figures that change."))

    fieldsets = [(_("Weekly hours"), ["timezone", "always_open", *(f"day_{n}" for n in range(7))]), (_("From when and why"), ["since", "reason"])]

    def week(self) -> list[list[list[int]]]:
        """Pairs of minutes by weekday."""
        return [self.cleaned_data[f"day_{n}"] for n in range(7)]


KINDS = (("holiday", _("holiday")), ("make_up", _("make-up working day")), ("half", _("half day")), ("other", _("other hours")), ("follow", _("follows the week again")))


class DaysForm(KitForm):
    """Dates with hours of their own."""

    first = forms.DateField(label=_("from"), widget=forms.DateInput)
    last = forms.DateField(label=_("until"), required=False, widget=forms.DateInput, help_text=_("Empty: that day only."))
    kind = forms.ChoiceField(label=_("kind"), choices=KINDS)
    name = forms.CharField(label=_("name"), max_length=60, required=False)
    hours = HoursField(label=_("hours"), help_text=_("For make-up days, half days and other hours."))
    reason = forms.CharField(label=_("reason"), max_length=300, help_text=_("It explains the figures that change."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last") or data.get("first")
        if first and last and not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
            self.add_error("last", _t("It must end after it begins, within a year."))
        if data.get("kind") in ("make_up", "half", "other") and not data.get("hours") and "hours" not in self.errors:
            self.add_error("hours", _t("Please give the hours."))
        return data

    def days(self) -> dict[date, dict[str, Any] | None]:
        """What each date becomes."""
        data = self.cleaned_data
        first, last = data["first"], data["last"] or data["first"]
        facts = None if data["kind"] == "follow" else {"kind": data["kind"], "name": data["name"], "hours": [] if data["kind"] == "holiday" else data["hours"]}
        return {first + timedelta(days=n): facts for n in range((last - first).days + 1)}


def _years() -> list[tuple[int, str]]:
    this, known = timezone.localdate().year, published_until()
    return [(year, str(year) if year <= known else _t("%(year)d (provisional)") % {"year": year}) for year in range(this - 1, this + 3)]


class OfficialForm(KitForm):
    """China's official days."""

    years = forms.TypedMultipleChoiceField(label=_("years"), coerce=int, choices=_years, widget=forms.CheckboxSelectMultiple, help_text=_("Years that the State Council has not published yet carry the statutory holidays that can be computed; their make-up days are unknown."))
    reason = forms.CharField(label=_("reason"), max_length=300)


class CalendarForm(KitModelForm):
    """A calendar: its name; for a new one its hours too."""

    key = forms.SlugField(label=_("key"), required=False, max_length=50, help_text=_("Empty: made from the English name."))
    always_open = forms.BooleanField(label=_("round the clock, every day"), required=False)
    working = HoursField(label=_("Monday to Friday"), initial="09:00-12:00, 13:30-18:00")
    saturday = HoursField(label=WEEKDAYS[5])
    sunday = HoursField(label=WEEKDAYS[6])
    official = forms.BooleanField(label=_("China's official holidays and make-up days"), required=False, initial=True)

    class Meta:
        model = Calendar
        fields = ["name", "name_en", "key", "timezone", "is_default"]

    fieldsets = [(_("Calendar"), ["name", "name_en", "key", "timezone", "is_default"]), (_("Weekly hours"), ["always_open", "working", "saturday", "sunday", "official"])]

    def _get_validation_exclusions(self) -> set[str]:
        # That there is one default is seen to by the action, which takes it from the other.
        return super()._get_validation_exclusions() | {"is_default"}  # type: ignore[misc,no-any-return]

    def week(self) -> list[list[list[int]]]:
        """Pairs of minutes by weekday."""
        data = self.cleaned_data
        return [data.get("working", [])] * 5 + [data.get("saturday", []), data.get("sunday", [])]

    def days(self) -> dict[str, Any]:
        """The official days, where wanted."""
        data = self.cleaned_data
        if not data.get("official") or data.get("always_open"):
            return {}
        year = timezone.localdate().year
        return china(range(year - 1, year + 2), data.get("working") or [])
