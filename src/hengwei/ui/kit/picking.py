"""Choosing one of very many: one types part of a name, a number or an address, and the server finds; no page carries them all.

A room registers what of it can be found (`pickers.py`). A `ModelChoiceField` over such a model gets the field by itself
(`forms.dress`); handmade templates say `{% picker "org.staff" name="owner" %}`. Without JavaScript the field offers what is
chosen already, and beside it a field to type into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.validators import EMPTY_VALUES
from django.db.models import Case, Model, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hengwei.core.acting import current
from hengwei.core.asked import chosen, signed_in

#: So many are offered at a time; more words narrow them.
OFFERED = 20
WORDS_AT_MOST = 6
#: What a field is called into which one types where there is no JavaScript.
TYPED = "-typed"


@dataclass(frozen=True, slots=True)
class Picker:
    """What can be found under a key: whose rows, by which columns, and how one of them is told from its namesakes."""

    key: str
    model: type[Model]
    #: The rows that a person may choose from; of all that he may see, also those put away, `seen`.
    rows: Callable[[Any], QuerySet[Any]]
    seen: Callable[[Any], QuerySet[Any]]
    #: Columns searched anywhere in them, and those of which one types the beginning.
    inside: tuple[str, ...]
    begins: tuple[str, ...] = ()
    label: Callable[[Any], str] = str
    hint: Callable[[Any], str] = lambda row: ""
    #: By what of it a row was found, where neither of both shows it: a telephone number.
    why: Callable[[Any, str], str] = lambda row, text: ""
    #: What stands in a field that takes words: a number, an address.
    text: Callable[[Any], str] = str
    order: tuple[str, ...] = ("name", "id")
    #: The column whose beginning counts most.
    first: str = "name"
    #: How rows are found where columns would be too slow to search.
    search: Callable[[QuerySet[Any], str, Any], QuerySet[Any]] | None = None
    #: Whether a form's own rows are those of this key: the first that fits is taken.
    fits: Callable[[QuerySet[Any]], bool] = lambda rows: True

    def find(self, user: Any, text: str) -> QuerySet[Any]:
        """The rows that have every word of it; those whose name begins so come first."""
        words = text.split()[:WORDS_AT_MOST]
        rows = self.rows(user)
        if self.search is not None and words:
            return self.search(rows, " ".join(words), user).order_by(*self.order)
        for word in words:
            asked = [(f"{column}__icontains", word) for column in self.inside] + [(f"{column}__istartswith", word) for column in self.begins]
            rows = rows.filter(Q(*asked, _connector=Q.OR))
        if words:
            rows = rows.annotate(first=Case(When(**{f"{self.first}__istartswith": words[0]}, then=Value(0)), default=Value(1)))
            return rows.order_by("first", *self.order)
        return rows.order_by(*self.order)

    def named(self, user: Any, text: str) -> Any | None:
        """The one row that somebody means who typed this; None where none or several could be meant."""
        text = text.split(" · ")[0].strip()
        exact = [(f"{column}__iexact", text) for column in (*self.inside, *self.begins) if "__" not in column]
        for rows in (self.rows(user).filter(Q(*exact, _connector=Q.OR)), self.find(user, text)):
            found = list(rows[:2])
            if len(found) == 1:
                return found[0]
        return None

    def full(self, row: Any) -> str:
        """The row as a field shows it."""
        hint = self.hint(row)
        return f"{self.label(row)} · {hint}" if hint else self.label(row)

    @property
    def url(self) -> str:
        """Where it is asked."""
        return reverse("ui:pick", args=[self.key])


_pickers: dict[str, Picker] = {}


def register(*pickers: Picker) -> None:
    """Let these be found. Of one model the more special ones come first."""
    for picker in pickers:
        _pickers[picker.key] = picker


def picker_of(key: str) -> Picker:
    """The picker of a key."""
    return _pickers[key]


def fitting(rows: QuerySet[Any]) -> Picker | None:
    """The picker that offers what a form's field takes."""
    return next((one for one in _pickers.values() if one.model is rows.model and one.fits(rows)), None)


def asks(rows: QuerySet[Any], column: str, value: Any = True) -> bool:
    """Whether these rows are narrowed to those with this value in a column."""
    return any(getattr(getattr(getattr(child, "lhs", None), "target", None), "name", "") == column and getattr(child, "rhs", None) == value for child in rows.query.where.leaves())


@login_required
@require_GET
def pick(request: HttpRequest, key: str) -> JsonResponse:
    """What fits what was typed; with `value` the one row of that id, to show what is chosen."""
    picker, user = _pickers.get(key), signed_in(request)
    if picker is None:
        raise Http404
    value, text = request.GET.get("value", ""), request.GET.get("q", "")[:100]
    if value:
        rows = list(picker.seen(user).filter(pk=value)) if value.isdecimal() and len(value) < 19 else []
    else:
        rows = list(picker.find(user, text)[: OFFERED + 1])
    return JsonResponse({
        "rows": [{"value": str(row.pk), "label": picker.label(row), "hint": " · ".join(part for part in (picker.hint(row), picker.why(row, text)) if part), "text": picker.text(row), "full": picker.full(row)} for row in rows[:OFFERED]],
        "more": len(rows) > OFFERED,
    })


def attributes(picker: Picker) -> dict[str, str]:
    """What the script needs to know of a field."""
    return {"data-find": picker.url, "data-none": _("Nothing found."), "data-failed": _("The search did not work. Please try again."), "data-more": _("There are more: type more of the name."), "data-placeholder": _("Name, number or address")}


def typed_field(name: str) -> SafeString:
    """The field to type into where there is no JavaScript."""
    words = _("or type a name, a number or an address")
    return format_html('<noscript><input class="form-control mt-1" name="{}" aria-label="{}" placeholder="{}"></noscript>', f"{name}{TYPED}", words, words)


def typed_or_chosen(data: Mapping[str, Any], name: str, picker: Picker) -> str:
    """What was sent for a field: what was typed without JavaScript goes before what was chosen in the list."""
    typed = str(data.get(f"{name}{TYPED}") or "").strip()
    if not typed:
        return str(data.get(name) or "")
    found = picker.named(current().user, typed)
    return str(found.pk) if found is not None else typed


def picked(sent: Mapping[str, Any], name: str, key: str) -> int:
    """The id of what was chosen or typed in a handmade field; 0 where nothing was, or nobody knows what."""
    return chosen({name: typed_or_chosen(sent, name, _pickers[key])}, name)


class Pick(forms.Select):
    """The field: it carries what is chosen, and finds the rest."""

    def __init__(self, picker: Picker | None = None, attrs: Any = None):
        super().__init__(attrs)
        self._picker = picker

    @property
    def picker(self) -> Picker:
        """What it finds: by the rows that its form's field takes at last."""
        found = self._picker or fitting(self.choices.queryset)  # type: ignore[attr-defined,union-attr]
        assert found is not None
        return found

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return typed_or_chosen(data, name, self.picker) if f"{name}{TYPED}" in data else super().value_from_datadict(data, files, name)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, value, {**(attrs or {}), **attributes(self.picker)})

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        """The blank choice and those that are chosen."""
        picker, field = self.picker, self.choices.field  # type: ignore[attr-defined,union-attr]
        chosen = [int(one) for one in value if str(one).isdecimal()]
        rows: Iterable[Any] = picker.seen(current().user).filter(pk__in=chosen) if chosen else ()
        options = [("", field.empty_label)] if field.empty_label is not None else []
        options += [(row.pk, picker.full(row)) for row in rows]
        if not chosen and field.empty_label is None:
            options.insert(0, ("", ""))
        shown = value if chosen or value in ([""], []) else ["", *(one for one in value if one not in EMPTY_VALUES)]
        return [(None, [self.create_option(name, key, label, str(key) in shown or (key == "" and not chosen), index)], index) for index, (key, label) in enumerate(options)]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return SafeString(super().render(name, value, attrs, renderer) + typed_field(name))


def dress_choice(field: forms.Field) -> None:
    """Give a field over very many rows this widget in place of a list of them all."""
    if isinstance(field, forms.ModelChoiceField) and type(field.widget) is forms.Select and fitting(field.queryset) is not None:  # type: ignore[arg-type]
        attrs = field.widget.attrs
        required = field.widget.is_required
        field.widget = Pick(attrs=attrs)
        field.widget.is_required = required
        field.widget.choices = field.choices
        field.error_messages["invalid_choice"] = _("This names none or more than one. Please choose it from the list, or type its number or address.")
