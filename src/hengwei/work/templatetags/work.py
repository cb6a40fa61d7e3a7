"""How items say where they stand: the clock of a row, the one-line facts of a timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hengwei.core.i18n import aside, clauses, colon, in_line, in_mine, is_chinese, listed
from hengwei.core.levels import NAMES
from hengwei.ui.templatetags.ui import duration, exact, icon, near
from hengwei.work import kinds
from hengwei.work.answers import answers_of
from hengwei.work.models import Closure, Entry, Measure, WaitingFor, WorkItem, label_of

register = template.Library()

#: Of a promise's time that is used up: from here a row says so in colour.
SOON_SHARE = 0.75


@register.simple_tag
def row_clock(item: WorkItem, now: datetime) -> SafeString:
    """The strongest thing of a row: what is left until the next promise falls due."""
    if item.due_at is None:
        words = item.get_waiting_for_display() if item.phase == "waiting" else (_("no promise runs") if item.is_open else "")
        return format_html('<span class="clock rest">{}</span>', words)
    left = (item.due_at - now).total_seconds()
    begun = item.next_due_from or item.received_at
    whole = (item.due_at - begun).total_seconds() or 1
    if left < 0:
        tone, words = "late", _("%(time)s over") % {"time": duration(int(-left))}
    elif left < 86400:
        tone, words = ("soon" if left / whole <= 1 - SOON_SHARE else "calm"), _("%(time)s left") % {"time": duration(int(left))}
    else:
        tone, words = "calm", _("by %(moment)s") % {"moment": near(item.due_at, now)}
    return format_html('<span class="clock {}" title="{}">{} {}</span>', tone, exact(item.due_at), icon("alarm" if tone != "calm" else "clock"), words)


@register.filter
def measure(key: str) -> str:
    """The name of a promise."""
    return str(Measure(key).label) if key in Measure.values else ""


@register.filter
def kind_icon(item: WorkItem) -> SafeString:
    return icon(item.kind_of.icon, str(item.kind_of.label))


@register.filter
def kind_label(key: str) -> str:
    return str(kinds.get(key).label)


def _state(item: WorkItem, key: str) -> str:
    try:
        return str(item.workflow.state(key).label)
    except KeyError:
        return key


def _value(name: str, value: Any) -> str:
    if value in (None, "", []):
        return _("nothing")
    if name in ("priority", "impact", "urgency"):
        return str(NAMES.get(value, value))
    return listed(value) if isinstance(value, list) else str(value)


def _named(d: dict[str, Any], name: str) -> str:
    """A name among the facts of an entry, in the reader's language (`writing.name_in_each`)."""
    return str((not is_chinese() and d.get(f"{name}_en")) or d.get(name) or "")


@register.filter
def answers(item: WorkItem) -> list[tuple[str, Any]]:
    """What was answered to the form that it was made with."""
    return answers_of(item)


#: So many warnings and escalations on end are one line that opens.
FOLDED_FROM = 4


@register.filter
def folded(entries: Iterable[Entry]) -> list[list[Entry]]:
    """The timeline as groups: each entry by itself, but a long run of warnings and escalations together."""
    groups: list[list[Entry]] = []
    for escalation, run in groupby(entries, key=lambda entry: entry.kind == Entry.Kind.ESCALATION):
        rows = list(run)
        groups += [rows] if escalation and len(rows) >= FOLDED_FROM else [[row] for row in rows]
    return groups


@register.filter
def holds(group: Iterable[Entry], pk: int) -> bool:
    """Whether an entry is in the group."""
    return any(entry.pk == pk for entry in group)


@register.filter
def told(entry: Entry) -> str:
    """A fact of the timeline in one line, without its author."""
    d = entry.details
    if d.get("words"):
        return in_mine(d["words"])
    if entry.kind == Entry.Kind.TRANSITION:
        extra = ""
        if d.get("waiting_for") in WaitingFor.values:
            extra = aside(WaitingFor(d["waiting_for"]).label)
        elif d.get("closure") in Closure.values and d.get("transition") in ("cancel", "resolve"):
            extra = aside(Closure(d["closure"]).label)
        return _("%(before)s → %(after)s") % {"before": _state(entry.item, d.get("before", "")), "after": _state(entry.item, d.get("after", ""))} + extra
    if entry.kind == Entry.Kind.ASSIGNMENT:
        to = " · ".join(filter(None, (_named(d, "team"), d.get("owner"))))
        why = in_mine(d.get("reason") or entry.text)
        return (_("assigned to %(who)s") % {"who": to or _("nobody")}) + (aside(why) if why else "")
    if entry.kind == Entry.Kind.CHANGE:
        parts = []
        english = {} if is_chinese() else d.get("changes_en", {})
        for name, (before, after) in {**d.get("changes", {}), **english}.items():
            label = label_of(name, entry.item.kind)
            if name in ("title", "description", "solution", "cause", "form") or max(len(str(before or "")), len(str(after or ""))) > 80:
                parts.append(_("%(field)s changed") % {"field": label})
            else:
                parts.append(_("%(field)s: %(before)s → %(after)s") % {"field": label, "before": _value(name, before), "after": _value(name, after)})
        return clauses(parts)
    if entry.kind == Entry.Kind.RELATION:
        for key, words in (
            ("merged", _("%s was merged into this")), ("merged_into", _("merged into %s")), ("unmerged", _("the merge of %s was undone")),
            ("unmerged_from", _("taken out of %s again")), ("parent", _("now part of %s")),
        ):
            if d.get(key):
                return words % d[key]
        return entry.text or str(entry.get_kind_display())
    if entry.kind == Entry.Kind.ESCALATION:
        due = parse_datetime(d["due_at"]) if d.get("due_at") else None
        step = d.get("step", "")
        what = measure(d.get("measure", ""))
        if step == "by_hand":
            words = _("reported upwards to %(level)s: %(reason)s") % {"level": _named(d, "level_name"), "reason": entry.text}
        elif step == "breach":
            words = _("%(promise)s overdue since %(due)s") % {"promise": what, "due": f"{timezone.localtime(due):%m-%d %H:%M}" if due else ""}
        elif step.startswith("percent_"):
            words = _("%(share)s%% of the time for %(promise)s is used up") % {"share": step.removeprefix("percent_"), "promise": what}
        else:
            words = _("%(promise)s still overdue") % {"promise": what}
        told_to = listed(d.get("told", []))
        return words + (_("; told: %(people)s") % {"people": told_to} if told_to else "")
    if entry.kind == Entry.Kind.RATING:
        return _("rated %(score)s of 5") % {"score": d.get("score", "?")} + (f"{colon()}{entry.text}" if entry.text else "")
    if entry.kind == Entry.Kind.APPROVAL:
        return approval_told(d) + (f"{colon()}{entry.text}" if entry.text else "")
    if entry.kind == Entry.Kind.SIGNATURE:
        return _("%(name)s signed: %(what)s") % {"name": d.get("signer", ""), "what": d.get("statement", "")}
    if entry.kind in COLLABORATION:
        return collaboration_told(entry.kind, d) + (f"{colon()}{entry.text}" if entry.text and entry.kind != Entry.Kind.REMOTE else "")
    if entry.kind == Entry.Kind.NOTICE:
        return _notice(d) or entry.text or str(entry.get_kind_display())
    return entry.text or str(entry.get_kind_display())


@register.filter
def call_told(entry: Entry) -> str:
    """Who called whom, whether they spoke, and when a call back was promised."""
    d = entry.details
    parts = [_("they called") if d.get("inbound") else _("we called")]
    if not d.get("reached", True):
        parts.append(_("not reached"))
    back = parse_datetime(d["callback_at"]) if d.get("callback_at") else None
    if back is not None:
        parts.append(_("call back promised for %(moment)s") % {"moment": near(back, timezone.now())})
    return " · ".join(parts)


def approval_told(d: dict[str, Any]) -> str:
    """What happened in an approval, in one line."""
    words = {
        "asked": _("put to approval: %(name)s"), "approved": _("approved (%(step)s)"), "refused": _("refused (%(step)s)"),
        "handed_on": _("handed the approval on to %(to)s"), "added": _("asks %(to)s to approve too"), "withdrawn": _("approval withdrawn"),
        "passed": _("approval given: %(name)s"), "failed": _("approval refused: %(name)s"), "stuck": _("no approver found: %(missing)s"),
        "late": _("not decided in time (%(step)s), waiting for %(awaited)s"),
    }.get(d.get("what", ""), "")
    said = words % {
        "name": _named(d, "name"), "step": in_mine(d.get("step") or "") or _("step"), "to": d.get("to", ""), "missing": in_line(d.get("missing", [])), "awaited": listed(d.get("awaited", [])) or _("an approver"),
    }
    return said + (_(" for %(name)s") % {"name": d["for"]} if d.get("for") else "")


COLLABORATION = (Entry.Kind.SHARING, Entry.Kind.HAND_OVER, Entry.Kind.REMOTE, Entry.Kind.CHECKLIST)


def collaboration_told(kind: str, d: dict[str, Any]) -> str:
    """Sharing, questions to colleagues, remote help, checklists: in one line."""
    words = {
        "watcher": _("%(who)s watches"), "cc": _("%(who)s is in copy"), "removed": _("%(who)s is no longer informed"),
        "guest": _("shown to %(who)s as a guest"), "colleague": _("shown to %(who)s as a colleague"), "revoked": _("no longer shown to %(who)s"),
        "asked": _("asked %(whom)s"), "late": _("%(whom)s has not answered in time"),
        "added": _("checklist added: %(name)s"), "complete": _("checklist done: %(name)s"), "untick": _("tick taken back: %(point)s"),
    }.get(d.get("what", ""), "")
    if kind == Entry.Kind.REMOTE:
        words = _("remote help by %(tool)s; %(consent_by)s agreed (%(how)s)")
    names = ("who", "whom", "name", "point", "tool", "consent_by", "how")
    return words % {name: _named(d, name) for name in names}


def _notice(d: dict[str, Any]) -> str:
    """What became of a mail."""
    words = {
        "mail_failed": _("mail to %(address)s did not arrive"), "mail_delayed": _("mail to %(address)s is delayed"),
        "taken_back": _("took the reply back before it left"),
        "mail_quota": _("automatic mail to %(address)s is held for an hour: more than %(most)s within %(minutes)s minutes"),
    }.get(d.get("notice", ""))
    if not words:
        return ""
    why = " ".join(filter(None, (d.get("status"), d.get("diagnostic"))))
    return words % {"address": d.get("address", ""), "most": d.get("most", ""), "minutes": d.get("minutes", "")} + (f"{colon()}{why}" if why else "")


ICONS = {
    Entry.Kind.TRANSITION: "arrow-right", Entry.Kind.ASSIGNMENT: "user-check", Entry.Kind.CHANGE: "pencil", Entry.Kind.RELATION: "link",
    Entry.Kind.ESCALATION: "alert-triangle", Entry.Kind.RATING: "star", Entry.Kind.NOTICE: "mail", Entry.Kind.AUTOMATION: "robot", Entry.Kind.APPROVAL: "rubber-stamp",
    Entry.Kind.SIGNATURE: "signature", Entry.Kind.SHARING: "share", Entry.Kind.HAND_OVER: "arrows-exchange", Entry.Kind.REMOTE: "screen-share",
    Entry.Kind.CHECKLIST: "list-check",
}


@register.filter
def fact_icon(entry: Entry) -> SafeString:
    return icon(ICONS.get(entry.kind, "point"))  # type: ignore[call-overload]


@register.filter
def step(key: str) -> str:
    """A step of escalation: 75 %, at breach, some time after it."""
    if key.startswith("percent_"):
        return f"{key.removeprefix('percent_')} %"
    if key == "breach":
        return _("at breach")
    return _("%(time)s after the breach") % {"time": duration(int(key.removeprefix("after_")))}


REASONS = {
    "created": lambda: _("request received"), "told": lambda: _("the requester was told"), "taken_back": lambda: _("the reply was taken back before it left"), "resumed": lambda: _("taken up again"), "resolved": lambda: _("resolved"),
    "reopened": lambda: _("reopened"), "target_changed": lambda: _("another promise applies"), "team_changed": lambda: _("another team"),
    "merged": lambda: _("merged"), "unmerged": lambda: _("merge undone"), "matched": lambda: _("promise found"), "no_longer_promised": lambda: _("no longer promised"),
    "calendar_changed": lambda: _("calendar corrected"),
}


@register.filter
def reason(key: str) -> str:
    """Why a stretch of a clock began."""
    if key in WaitingFor.values:
        return str(WaitingFor(key).label)
    if key in Closure.values:
        return str(Closure(key).label)
    return REASONS[key]() if key in REASONS else key


@register.filter
def words(text: str) -> list[str]:
    """A line of words as a list."""
    return text.split()


@register.filter
def has_column(columns: list[tuple[Any, Any]], key: str) -> bool:
    """Whether a column is among those shown."""
    return any(column.key == key for column, _width in columns)


DEEDS = {
    "assign": lambda: _("Assign"), "resolve": lambda: _("Resolve"), "snooze": lambda: _("Put off"), "category": lambda: _("Set the category"),
    "priority": lambda: _("Set the priority"), "label": lambda: _("Add a label"), "merge": lambda: _("Merge"), "parent": lambda: _("Make part of"),
    "close": lambda: pgettext("item", "Close"), "take": lambda: _("Take over"),
}


@register.filter
def deed(key: str) -> str:
    """What a deed on many items is called."""
    return DEEDS[key]()
