"""A condition as rows of a form: fact, what is asked of it, value; everything chosen from lists (facts.py)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import current
from hengwei.ui.kit import Inline
from hengwei.ui.kit.picking import attributes, picker_of
from hengwei.work import facts

#: More rows would not be understood by anybody.
ROWS_AT_MOST = 20


class ConditionRow(forms.Form):
    """One condition. Several rows that ask the same of one fact are alternatives."""

    #: The facts that may be asked about; None for all.
    offered: Collection[str] | None = None

    fact = forms.ChoiceField(label=_("fact"), choices=lambda: [(key, fact.label) for key, fact in facts.FACTS.items()], widget=forms.Select(attrs={"data-fact": ""}))
    op = forms.ChoiceField(label=_("condition"), choices=list(facts.OPERATORS.items()))
    value = forms.CharField(label=_("value"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.offered is not None:
            self.fields["fact"].choices = [(key, fact.label) for key, fact in facts.FACTS.items() if key in self.offered]  # type: ignore[attr-defined]
        # A row that nobody touched is none: the lists stand on their first choice.
        for name in ("fact", "op"):
            self.fields[name].initial = next(key for key, _label in self.fields[name].choices)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The value as a key of its fact's choices; what was typed may also be the name."""
        found: dict[str, Any] = super().clean() or {}
        fact, op = facts.FACTS.get(found.get("fact", "")), found.get("op", "")
        if fact is None or not op:
            return found
        if op not in facts.OPERATORS_OF[fact.sort]:
            self.add_error("op", _t("This cannot be asked of it."))
            return found
        if op in ("is_set", "is_empty"):
            return {**found, "value": ""}
        value = str(found.get("value") or "").strip()
        known = [("yes", _t("yes")), ("no", _t("no"))] if fact.sort == "yes" else list(fact.choices())
        if fact.find:
            picker = picker_of(fact.find)
            same = picker.seen(None).filter(pk=int(value)).exists() if value.isdecimal() and len(value) < 19 else False
            named = None if same or not value else picker.named(current().user, value)
            value = value if same else str(named.pk) if named is not None else ""
        elif known:
            value = next((key for key, label in known if value in (key, label.strip("　"))), "")
        elif fact.sort == "number" and not value.isdecimal():
            value = ""
        if not value:
            self.add_error("value", _t("Please choose one."))
        return {**found, "value": value}


def inline(
    condition: Mapping[str, Any], data: Any, *, title: Any, help_text: Any = "", offered: Collection[str] | None = None, blank: int = 0,
) -> Inline:
    """The rows of a condition inside a form, under the key `conditions`; `blank` empty ones where there is none."""
    row = ConditionRow if offered is None else type("ConditionRow", (ConditionRow,), {"offered": offered})
    present = facts.rows_of(condition) or []
    made: type[BaseFormSet[Any]] = formset_factory(row, extra=0 if present else blank, can_order=True, can_delete=True, max_num=ROWS_AT_MOST)
    return Inline("conditions", title, made(data, prefix="conditions", initial=present), help=help_text, sortable=True)


def condition_of(rows: list[dict[str, Any]], kept: Mapping[str, Any], *, any_of: bool = False) -> dict[str, Any]:
    """The condition that the rows say. One that a program wrote, which rows cannot show, stays while no row is added."""
    if not rows and facts.rows_of(kept) is None:
        return dict(kept)
    return facts.condition_of(rows, any_of=any_of)


def choices(keys: Iterable[str] = facts.FACTS) -> list[dict[str, Any]]:
    """What each fact can be chosen from and asked, for the page's script (`work/condition_choices.html`)."""
    yes = [("yes", _t("yes")), ("no", _t("no"))]
    return [
        {"key": key, "ops": " ".join(facts.OPERATORS_OF[fact.sort]), "choices": yes if fact.sort == "yes" else list(fact.choices()), "find": attributes(picker_of(fact.find)) if fact.find else {}}
        for key in keys if (fact := facts.FACTS[key])
    ]
