"""Forms of the kit: grouped, with rows inside, dressed the same way everywhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import BLANK_CHOICE_DASH
from django.forms import BaseFormSet
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hengwei.core.errors import Message
from hengwei.core.names import name_of

from .columns import NOTHING
from .picked import dress_choices
from .picking import dress_choice

#: A fieldset: its title, and the names of its fields.
Fieldset = tuple[Message, Sequence[str]]


def dress(form: forms.BaseForm) -> None:
    """Give each widget the class and the kind of input that fit it."""
    for one in form.fields.values():
        dress_choice(one)
        dress_choices(one)
        if isinstance(one, forms.JSONField) and type(one.widget) is forms.Textarea:
            one.widget = JsonArea(attrs={**one.widget.attrs, "class": "code", "spellcheck": "false"})
        widget = one.widget
        if isinstance(widget, forms.DateTimeInput) and not isinstance(widget, forms.SplitDateTimeWidget):
            widget.input_type, widget.format = "datetime-local", "%Y-%m-%dT%H:%M"
        elif isinstance(widget, forms.DateInput):
            widget.input_type, widget.format = "date", "%Y-%m-%d"
        elif isinstance(widget, forms.TimeInput):
            widget.input_type, widget.format = "time", "%H:%M"
        if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect):
            name = "form-check-input"
        elif isinstance(widget, forms.Select):
            name = "form-select"
        else:
            name = "form-control"
        if not isinstance(widget, forms.HiddenInput):
            widget.attrs["class"] = f"{widget.attrs.get('class', '')} {name}".strip()
        if isinstance(widget, forms.Textarea):
            # Ten rows are what Django gives to a text of which nobody said how long it is.
            widget.attrs["rows"] = 5 if widget.attrs.get("rows", "10") == "10" else widget.attrs["rows"]
        if isinstance(widget, forms.Select) and not widget.allow_multiple_selected:
            _name_blank(one, _("Please choose") if one.required else NOTHING)


class JsonArea(forms.Textarea):
    """JSON for people who write it: laid out, and an empty field where there is nothing."""

    def format_value(self, value: Any) -> str | None:
        """What the field shows of its text."""
        try:
            found = json.loads(value) if value else None
        except ValueError:
            return str(value)
        return json.dumps(found, ensure_ascii=False, indent=2) if found else ""


def name_all(form: forms.BaseForm) -> None:
    """In a filter, nothing chosen means all."""
    for one in form.fields.values():
        if isinstance(one, forms.NullBooleanField) and isinstance(one.widget, forms.Select):
            one.widget.choices = [("", _("all")), ("true", _("yes")), ("false", _("no"))]
        elif isinstance(one.widget, forms.Select) and not one.widget.allow_multiple_selected:
            _name_blank(one, _("all"))


def _name_blank(field: forms.Field, words: str) -> None:
    """Say in words what Django draws as a row of dashes; what a form says of its own stays."""
    dashes = (None, "", BLANK_CHOICE_DASH[0][1], _("Please choose"), NOTHING)
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label is not None and field.empty_label in dashes:
            field.empty_label = words
    elif isinstance(field.widget, forms.Select):
        field.widget.choices = [(key, words if key in ("", None) and label in dashes else label) for key, label in field.widget.choices]


@dataclass
class Inline:
    """Rows inside a form, such as the targets of an agreement."""

    key: str
    title: Message
    formset: BaseFormSet[Any]
    help: Message = ""
    #: Rows may be put in order by dragging; their order is the order of the forms.
    sortable: bool = False

    @cached_property
    def blank(self) -> forms.BaseForm:
        """The row that is added: Django makes another one each time it is asked, so this one is kept, and dressed."""
        one: forms.BaseForm = self.formset.empty_form
        dress(one)
        return one

    def rows(self) -> list[dict[str, Any]]:
        """What was filled in, without empty and deleted rows; after validation."""
        ordered = self.formset.ordered_forms if self.formset.can_order else self.formset.forms
        return [
            form.cleaned_data for form in ordered
            if form.cleaned_data and not form.cleaned_data.get("DELETE") and (form.has_changed() or form.initial)
        ]


@dataclass
class Group:
    """A fieldset as the template shows it."""

    title: Message
    fields: list[forms.BoundField] = field(default_factory=list)


class _Kit:
    """What the two bases below share."""

    fieldsets: Sequence[Fieldset] = ()
    #: Names of fields that need the whole width.
    wide: Sequence[str] = ()
    inlines: list[Inline]
    #: The row's version that the reader saw, where rows have one.
    version: int | None = None

    def groups(self) -> list[Group]:
        """The visible fields by fieldset; those that no fieldset names come last."""
        bound = {one.name: one for one in self.visible_fields()}  # type: ignore[attr-defined]
        made = [Group(title, [bound.pop(name) for name in names if name in bound]) for title, names in self.fieldsets]
        if bound:
            made.append(Group("", list(bound.values())))
        return [group for group in made if group.fields]

    @property
    def has_inline_errors(self) -> bool:
        """Whether something is wrong in the rows inside."""
        return any(inline.formset.is_bound and inline.formset.total_error_count() for inline in self.inlines)

    def inlined(self, key: str) -> list[dict[str, Any]]:
        """The rows of an inline, after validation."""
        return next(inline.rows() for inline in self.inlines if inline.key == key)


class KitForm(_Kit, forms.Form):
    """A form of its own fields."""

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.pop("instance", None)
        super().__init__(*args, **kwargs)
        self.inlines = []
        dress(self)


class KitModelForm(_Kit, forms.ModelForm):  # type: ignore[type-arg]
    """A form of a model's fields. It saves nothing: its page hands the cleaned data to an action."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.inlines = []
        for one in self._meta.model._meta.fields:
            # A name that Django made of the attribute is said in the reader's language, too.
            if one.name in self.fields and self.fields[one.name].label == capfirst(str(one.verbose_name)):
                self.fields[one.name].label = name_of(one)
        dress(self)
