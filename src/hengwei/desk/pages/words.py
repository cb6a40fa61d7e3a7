"""Macros and replies kept ready: one's own, a team's, everyone's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor
from hengwei.core.filling import fill
from hengwei.desk import macros as rules
from hengwei.desk import permissions as perms
from hengwei.desk.actions import macros as actions
from hengwei.desk.forms import rows
from hengwei.desk.models import CannedReply, Macro
from hengwei.org.models import Team
from hengwei.ui.kit import Action, Column, Inline, KitForm, Pages, Part
from hengwei.work import kinds
from hengwei.work import permissions as work

SCOPES = (("mine", _("only for me")), ("team", _("for a team")), ("all", _("for everyone")))


def _scope(row: Any) -> Any:
    return {"mine": _("only for me"), "all": _("for everyone")}.get(actions.scope_of(row)) or str(row.team)


def _keeps(user: Any, row: Any) -> bool:
    """Whether the person may change it."""
    return user.may(work.WORK) and (row is None or row.owner_id == user.pk or user.may(perms.REPLIES))


class _Kept(KitForm):
    """What both have: a name and whose it is."""

    name = forms.CharField(label=_("name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    scope = forms.ChoiceField(label=_("for"), choices=SCOPES, initial="mine")
    team = forms.ModelChoiceField(Team.objects.filter(archived_at=None), label=_("team"), required=False)


def _actions() -> list[Action]:
    return [
        Action("archive", _("Archive"), "archive", work.WORK, run=lambda row, by, data: actions.archive(row, by=by), when=lambda row: row.archived_at is None, bulk=True),
        Action("restore", _("Use again"), "archive-off", work.WORK, run=lambda row, by, data: actions.restore(row, by=by), when=lambda row: row.archived_at is not None),
    ]


class MacroForm(_Kept):
    kinds = forms.MultipleChoiceField(label=_("for these kinds"), choices=lambda: [(kind.key, kind.label) for kind in kinds.every()], required=False, widget=forms.CheckboxSelectMultiple)
    key = forms.RegexField("^[a-z0-9]?$", label=_("key after m"), max_length=1, required=False, help_text=_("On an item's page: press m, then this key."))


class MacroPages(Pages):
    """Several changes and words at once."""

    room, name, plural, address = "desk", "macro", "macros", "desk/macros"
    model, title, one, icon = Macro, _("Macros"), _("macro"), "bolt"
    view, change = work.WORK, work.WORK
    order = ("name", "id")
    search = ("name", "name_en")
    columns = [
        Column("name", link=True, value=lambda row: row.label), Column("scope", _("for"), value=_scope), Column("kinds", value=lambda row: [kinds.get(key).label for key in row.kinds]),
        Column("key"), Column("steps", value=lambda row: [rules.DEEDS[step["do"]] for step in row.steps]), Column("used", align="right"), Column("archived_at", default=False),
    ]
    form = MacroForm
    panels = [Part("desk/macro_steps.html", context=lambda row, request: {"steps": _told(row)})]
    actions = _actions()
    empty = _("No macro yet. One does in a press what you do ten times a day: reply, set the category, wait for the customer.")

    def rows(self, user: Any) -> Any:
        return Macro.objects.kept_by(user).select_related("team", "owner")

    def may_change(self, user: Any, row: Any) -> bool:
        return _keeps(user, row)

    def inlines(self, data: Any, row: Any) -> list[Inline]:
        hint = _("Facts: category, impact, urgency, priority, subject, cause, solution. Steps of the workflow by their key, such as pend, resolve, start; 'becomes' says what it waits for. Owner 'me' takes it.")
        return [rows.inline("steps", _("What it does"), rows.StepRow, data, row.steps if row is not None else [], hint)]

    def values(self, row: Any) -> dict[str, Any]:
        return {"name": row.name, "name_en": row.name_en, "scope": actions.scope_of(row), "team": row.team_id, "kinds": row.kinds, "key": row.key}

    def save(self, form: Any, *, row: Any, by: Actor) -> Any:
        return actions.save_macro(row, by=by, steps=rows.rows_of(form.inlines, "steps", rows.StepRow), **form.cleaned_data)


def _told(macro: Macro) -> list[tuple[Any, str]]:
    """The steps in the order in which they are done, texts as an example would read."""
    found = []
    for step in rules.in_order(macro.steps):
        shown = rows.StepRow.shown(step)
        words = fill(rows.both(shown["text"], shown["text_en"]), rules.EXAMPLE)
        found.append((rules.DEEDS[step["do"]], " ".join(filter(None, (str(shown["what"]), "→ " + str(shown["value"]) if shown["value"] else "", words)))))
    return found


class ReplyForm(_Kept):
    text = forms.CharField(label=_("text"), widget=forms.Textarea(attrs={"rows": 8}), help_text=_("Places: {{requester}} {{number}} {{title}} {{agent}} {{team}} {{due}} {{customer}} {{state}} {{link}}"))
    text_en = forms.CharField(label=_("English text"), widget=forms.Textarea(attrs={"rows": 8}), required=False, help_text=_("Used for those who read English."))

    wide = ("text", "text_en")


def _both(row: CannedReply, request: HttpRequest) -> dict[str, Any]:
    return {"chinese": fill(row.text, rules.EXAMPLE), "english": fill(row.text_en, rules.EXAMPLE) if row.text_en else "", "places": rules.PLACES.items()}


class ReplyPages(Pages):
    """Words kept ready for the editor of an item."""

    room, name, plural, address = "desk", "reply", "replies", "desk/canned-replies"
    model, title, one, icon = CannedReply, _("Replies kept ready"), _("reply"), "template"
    view, change = work.WORK, work.WORK
    order = ("name", "id")
    search = ("name", "name_en", "text", "text_en")
    columns = [
        Column("name", link=True, value=lambda row: row.label, second=lambda row: rows.both(row.text, row.text_en)[:80]), Column("scope", _("for"), value=_scope),
        Column("text_en", _("in English too"), value=lambda row: bool(row.text_en)), Column("archived_at", default=False),
    ]
    form = ReplyForm
    panels = [Part("desk/reply_preview.html", context=_both)]
    actions = _actions()
    empty = _("No replies are kept ready yet.")

    def rows(self, user: Any) -> Any:
        return CannedReply.objects.kept_by(user).select_related("team", "owner")

    def may_change(self, user: Any, row: Any) -> bool:
        return _keeps(user, row)

    def values(self, row: Any) -> dict[str, Any]:
        return {"name": row.name, "name_en": row.name_en, "scope": actions.scope_of(row), "team": row.team_id, "text": row.text, "text_en": row.text_en}

    def save(self, form: Any, *, row: Any, by: Actor) -> Any:
        return actions.save_reply(row, by=by, **form.cleaned_data)
