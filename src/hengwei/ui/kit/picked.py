"""Fields of forms that take what a picker finds: several rows, ids, or codes such as `person:7` beside fixed choices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hengwei.core.acting import current

from .picking import TYPED, Pick, Picker, attributes, fitting, picker_of, typed_field


def _many() -> dict[str, str]:
    """What the script says over a list of which several are chosen."""
    return {"data-pick": _("Add…"), "data-remove": _("Remove")}


def _rows_of(picker: Picker, values: Iterable[Any]) -> dict[str, Any]:
    """Those of the ids that the reader may see, by id as a form sends it."""
    pks = [int(one) for one in map(str, values) if one.isascii() and one.isdecimal() and len(one) < 19]
    return {str(row.pk): row for row in picker.seen(current().user).filter(pk__in=pks)} if pks else {}


class PickMany(forms.SelectMultiple):
    """Several of very many: the chosen ones as chips, and a field that finds one more. `key` names a picker, where no other fits so well."""

    def __init__(self, attrs: Any = None, *, key: str = ""):
        super().__init__(attrs)
        self.key = key

    @property
    def picker(self) -> Picker:
        """What it finds: by the rows that its form's field takes at last."""
        found = picker_of(self.key) if self.key else fitting(self.choices.queryset)  # type: ignore[attr-defined,union-attr]
        assert found is not None
        return found

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        sent = super().value_from_datadict(data, files, name) or []
        typed = str(data.get(f"{name}{TYPED}") or "").strip()
        found = self.picker.named(current().user, typed) if typed else None
        return [*sent, str(found.pk) if found is not None else typed] if typed else sent

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, value, {**(attrs or {}), **attributes(self.picker), **_many()})

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        rows = _rows_of(self.picker, value)
        return [(None, [self.create_option(name, pk, self.picker.full(rows[pk]), True, index)], index) for index, pk in enumerate(one for one in map(str, value) if one in rows)]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return SafeString(super().render(name, value, attrs, renderer) + typed_field(name))


class PickedId(forms.ModelChoiceField):
    """One row, kept by its id."""

    widget = Pick

    def clean(self, value: Any) -> Any:
        row = super().clean(value)
        return row.pk if row is not None else None


class PickedIds(forms.ModelMultipleChoiceField):
    """Several rows, kept by their ids."""

    widget = PickMany

    def clean(self, value: Any) -> Any:
        return [row.pk for row in super().clean(value)]


class _Coded:
    """What the two widgets below share: fixed choices, and rows of a picker as codes with a prefix."""

    key = ""
    prefix = ""
    choices: Any
    allow_multiple_selected: bool

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        more = _many() if self.allow_multiple_selected else {}
        return super().get_context(name, value, {**(attrs or {}), **attributes(picker_of(self.key)), "data-prefix": self.prefix, **more})  # type: ignore[misc,no-any-return]

    def optgroups(self, name: str, value: Sequence[str], attrs: Any = None) -> list[Any]:
        """The fixed choices, and of the rest those that are chosen."""
        fixed = self.choices
        known = {str(code) for code, label in fixed for code in ([one for one, _label in label] if isinstance(label, list | tuple) else [code])}
        coded = [one for one in map(str, value) if one.startswith(self.prefix) and one not in known]
        rows = _rows_of(picker_of(self.key), [one.removeprefix(self.prefix) for one in coded])
        self.choices = [*fixed, *((code, picker_of(self.key).full(rows[pk])) for code in coded if (pk := code.removeprefix(self.prefix)) in rows)]
        try:
            return super().optgroups(name, list(value), attrs)  # type: ignore[misc,no-any-return]
        finally:
            self.choices = fixed


class CodedPick(_Coded, forms.Select):
    """One of a few fixed choices, or one of very many."""


class CodedPickMany(_Coded, forms.SelectMultiple):
    """Several of a few fixed choices and of very many."""


class _CodedField:
    """A field of codes: `person:7` names a row of the picker, beside the fixed choices."""

    widget: Any
    several = False

    def __init__(self, *args: Any, key: str, prefix: str, **kwargs: Any):
        widget = (CodedPickMany if self.several else CodedPick)(attrs=kwargs.pop("attrs", None))
        widget.key, widget.prefix = key, prefix
        super().__init__(*args, widget=widget, **kwargs)  # type: ignore[call-arg]

    def valid_value(self, value: Any) -> bool:
        if super().valid_value(value):  # type: ignore[misc]
            return True
        code, prefix = str(value), self.widget.prefix
        return code.startswith(prefix) and code.removeprefix(prefix) in _rows_of(picker_of(self.widget.key), [code.removeprefix(prefix)])


class CodedChoice(_CodedField, forms.ChoiceField):
    """One code."""


class CodedChoices(_CodedField, forms.MultipleChoiceField):
    """Several codes."""

    several = True


def dress_choices(field: forms.Field) -> None:
    """Give a field of several of very many this widget in place of a list of them all."""
    if isinstance(field, forms.ModelMultipleChoiceField) and type(field.widget) is forms.SelectMultiple and fitting(field.queryset) is not None:  # type: ignore[arg-type]
        field.widget = PickMany(attrs=field.widget.attrs)
        field.widget.choices = field.choices
