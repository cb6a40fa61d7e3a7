"""A catalogue entry being designed: what a version consists of, whether it can be published, how two differ. Pure.

    {"kind": "request", "fields": [...], "category": "vpn", "team": "it-support", "impact": 4, "urgency": 3,
     "labels": ["vpn"], "plan": 3, "approvals": [...], "checklist": [{"text": "…", "text_en": "…"}],
     "tasks": [{"title": "…", "title_en": "…", "kind": "request", "team": "operations"}]}
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from hengwei.desk import fields as form
from hengwei.desk.fields import BadDefinition

#: What a version is made of, with what stands for 'not given'.
EMPTY: dict[str, Any] = {
    "kind": "request", "fields": [], "category": "", "team": "", "impact": 4, "urgency": 3, "labels": [], "plan": "", "approvals": [], "checklist": [], "tasks": [],
}
STEPS_AT_MOST = 40
#: How many of those asked must agree; one after another are several steps.
MODES = ("any", "all", "quorum")
#: Ways that name several people at once.
GROUPS = {"role", "post"}
#: Who may be asked, and what names him: `id` of a person, `key` of a role, post or team, or nothing.
APPROVERS = {"person": "id", "role": "key", "post": "key", "head": "key", "lead": "", "superior": "", "team_lead": ""}


def complete(draft: Mapping[str, Any]) -> dict[str, Any]:
    """The draft with all its parts, unknown ones left out."""
    return {name: draft.get(name, usual) if draft.get(name) is not None else usual for name, usual in EMPTY.items()}


def check(draft: Mapping[str, Any], *, kinds: Collection[str], teams: Collection[str], categories: Collection[str], plans: Collection[int] = ()) -> None:
    """Raise BadDefinition unless a version can be made of the draft."""
    whole = complete(draft)
    form.check(whole["fields"])
    if whole["kind"] not in kinds:
        raise BadDefinition(_("Requesters cannot ask for work of this kind."))
    if whole["team"] and whole["team"] not in teams:
        raise BadDefinition(_("There is no team '%(key)s'.") % {"key": whole["team"]})
    if whole["category"] and whole["category"] not in categories:
        raise BadDefinition(_("There is no category '%(key)s'.") % {"key": whole["category"]})
    for name in ("impact", "urgency"):
        if whole[name] not in (1, 2, 3, 4):
            raise BadDefinition(_("Impact and urgency go from 1 to 4."))
    if not isinstance(whole["labels"], list) or not all(isinstance(one, str) and 0 < len(one) <= 40 for one in whole["labels"]):
        raise BadDefinition(_("A label has at most 40 characters."))
    _check_checklist(whole["checklist"])
    _check_tasks(whole["tasks"], kinds, teams)
    if whole["plan"] and whole["plan"] not in plans:
        raise BadDefinition(_("This approval plan does not exist, or is archived."))
    if whole["plan"] and whole["approvals"]:
        raise BadDefinition(_("Choose a plan of approval or steps of its own, not both."))
    check_approvals(whole["approvals"])


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > STEPS_AT_MOST or not all(isinstance(one, Mapping) for one in value):
        raise BadDefinition(_("A list of at most %(n)d steps is expected.") % {"n": STEPS_AT_MOST})
    return value


def _check_checklist(value: Any) -> None:
    for number, step in enumerate(_listed(value), 1):
        if not str(step.get("text", "")).strip():
            raise BadDefinition(_("Step %(n)d of the checklist says nothing.") % {"n": number})


def _check_tasks(value: Any, kinds: Collection[str], teams: Collection[str]) -> None:
    for number, task in enumerate(_listed(value), 1):
        if not str(task.get("title", "")).strip():
            raise BadDefinition(_("Task %(n)d has no title.") % {"n": number})
        if task.get("kind", "request") not in kinds or (task.get("team") and task["team"] not in teams):
            raise BadDefinition(_("Task %(n)d: its kind or team does not exist.") % {"n": number})


def check_approvals(value: Any) -> None:
    """Raise BadDefinition unless each step names who decides, and how."""
    for number, step in enumerate(_listed(value), 1):
        people = step.get("approvers")
        if not isinstance(people, list) or not people:
            raise BadDefinition(_("Approval step %(n)d names nobody.") % {"n": number})
        for person in people:
            way = person.get("by") if isinstance(person, Mapping) else None
            if way not in APPROVERS or (APPROVERS[way] and not str(person.get(APPROVERS[way]) or "").strip()):
                raise BadDefinition(_("Approval step %(n)d: it is not clear who decides.") % {"n": number})
        if step.get("mode", "any") not in MODES:
            raise BadDefinition(_("Approval step %(n)d: this way of deciding does not exist.") % {"n": number})
        if step.get("mode") == "quorum" and not (isinstance(step.get("quorum"), int) and 1 <= step["quorum"] <= (30 if any(one["by"] in GROUPS for one in people) else len(people))):
            raise BadDefinition(_("Approval step %(n)d: how many must agree?") % {"n": number})


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """What changed from one version to the next: (path, before, after), fields by their key; None stands for 'not there'."""
    old, new = complete(before), complete(after)
    found: list[tuple[str, Any, Any]] = []
    for name in EMPTY:
        if name == "fields":
            olds, news = ({one["key"]: one for one in side["fields"]} for side in (old, new))
            found += [
                (f"fields.{key}", olds.get(key), news.get(key))
                for key in dict.fromkeys([*olds, *news]) if olds.get(key) != news.get(key)
            ]
            kept = [key for key in olds if key in news]
            if kept != [key for key in news if key in olds]:
                found.append(("fields", kept, [key for key in news if key in olds]))
        elif old[name] != new[name]:
            found.append((name, old[name], new[name]))
    return found
