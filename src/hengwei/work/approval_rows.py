"""Steps of an approval as rows of a form: who is asked is chosen from lists, never typed as a key (actions/approvers.py)."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.i18n import colon
from hengwei.org.models import Post, Role, Team
from hengwei.ui.kit import Inline
from hengwei.ui.kit.picked import CodedChoices
from hengwei.work.actions.approvers import KEYED, STEPS_AT_MOST, WAYS, described
from hengwei.work.approving import Mode

MODES = {Mode.ANY: _("one of them decides"), Mode.ALL: _("all must agree"), Mode.QUORUM: _("so many must agree")}
Choices = list[tuple[Any, Any]]


def code_of(approver: Mapping[str, Any]) -> str:
    """An approver's description as the value of a choice, such as `person:7`, `role:manager`, `lead`."""
    way = str(approver.get("by", ""))
    named = approver.get("id") if way == "person" else approver.get("key") if way in KEYED else None
    return way if named is None else f"{way}:{named}"


def approver_of(code: str) -> dict[str, Any]:
    """The contrary."""
    way, _colon, named = code.partition(":")
    if way == "person":
        return {"by": way, "id": int(named) if named.isdecimal() else 0}
    return {"by": way, "key": named} if way in KEYED else {"by": way}


def approvers(present: Sequence[Mapping[str, Any]] = ()) -> Choices:
    """Who can be asked, in groups; those that are named already are among them, also when they have left."""
    plain = [(way, label) for way, label in WAYS.items() if way != "person" and way not in KEYED]
    groups: Choices = [
        (_t("By what they are to the item"), plain),
        (_t("Everyone with a role"), [(f"role:{row.key}", f"{WAYS['role']}{colon()}{row.label}") for row in Role.objects.order_by("name", "id")]),
        (_t("Holders of a post"), [(f"post:{row.key}", f"{WAYS['post']}{colon()}{row.label}") for row in Post.objects.order_by("name", "id")]),
        (_t("Heads of teams"), [(f"head:{row.key}", f"{WAYS['head']}{colon()}{row.label}") for row in Team.objects.filter(archived_at=None).order_by("name", "id")]),
    ]
    known = {code for _label, choices in groups for code, _name in choices}
    gone = {code: described(one) for step in present for one in step.get("approvers", []) if (code := code_of(one)) not in known and one.get("by") != "person"}
    return [group for group in (*groups, (_t("No longer to be chosen"), list(gone.items()))) if group[1]]


class StepRow(forms.Form):
    """One step: whom it asks, how many must agree, when they are reminded, until when."""

    name = forms.CharField(label=_("step"), max_length=120, required=False)
    approvers = CodedChoices(label=_("who is asked"), key="org.person", prefix="person:")
    mode = forms.ChoiceField(label=_("agreement of"), choices=[(mode.value, label) for mode, label in MODES.items()], widget=forms.Select(attrs={"data-needs": json.dumps({"quorum": ["quorum"]})}))
    quorum = forms.IntegerField(label=_("how many"), min_value=1, max_value=30, required=False)
    remind_hours = forms.IntegerField(label=_("remind every so many hours"), min_value=1, max_value=720, required=False)
    within_hours = forms.IntegerField(label=_("to be decided within hours"), min_value=1, max_value=720, required=False)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("mode") == Mode.QUORUM and not found.get("quorum"):
            self.add_error("quorum", _t("How many must agree?"))
        return found


def shown(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step as its row shows it."""
    return {
        "name": step.get("name", ""), "mode": step.get("mode", Mode.ANY), "approvers": [code_of(one) for one in step.get("approvers", [])],
        **{name: step.get(name) for name in ("quorum", "remind_hours", "within_hours")},
    }


def read(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as a step."""
    step: dict[str, Any] = {"name": row.get("name", "").strip(), "mode": row["mode"], "approvers": [approver_of(code) for code in row["approvers"]]}
    if step["mode"] == Mode.QUORUM:
        step["quorum"] = row["quorum"]
    return step | {name: row[name] for name in ("remind_hours", "within_hours") if row.get(name)}


def inline(present: Sequence[Mapping[str, Any]], data: Any, *, key: str = "steps", title: Any = _("Approval, step by step"), help_text: Any = "", blank: int = 0) -> Inline:
    """The steps inside a form; they are asked in turn, from the top."""
    # Asked of the database once for all rows, and not before a row is shown or checked.
    offered = functools.cache(lambda: approvers(present))
    field = CodedChoices(label=_("who is asked"), choices=offered, key="org.person", prefix="person:")
    row = type("StepRow", (StepRow,), {"approvers": field})
    made: type[BaseFormSet[Any]] = formset_factory(row, extra=0 if present else blank, can_order=True, can_delete=True, max_num=STEPS_AT_MOST)
    return Inline(key, title, made(data, prefix=key, initial=[shown(one) for one in present]), help=help_text, sortable=True)


def in_words(steps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The steps as people read them."""
    return [
        {
            "name": step.get("name", ""), "who": [described(one) for one in step.get("approvers", [])],
            "demand": _t("%(n)d must agree") % {"n": step.get("quorum") or 1} if step.get("mode") == Mode.QUORUM else MODES.get(Mode(step.get("mode", Mode.ANY)), ""),
            "remind": step.get("remind_hours"), "within": step.get("within_hours"),
        }
        for step in steps
    ]
