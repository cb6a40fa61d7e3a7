"""Learning, suggesting, and what people say to a suggestion."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import ActionError, Refused
from hengwei.core.i18n import in_each_language
from hengwei.flows import permissions as perms
from hengwei.flows.learning import model as pure
from hengwei.flows.learning.models import Learnable, LearningSetting, Suggestion, TrainedModel
from hengwei.org.models import Team
from hengwei.work import permissions as work
from hengwei.work.actions import assignment, triage
from hengwei.work.models import Category, Entry, Level, WorkItem

#: Items that are learnt from: the newest ones.
ITEMS_AT_MOST = 20_000
#: Trainings that are kept for the trend.
KEPT = 60
#: Seconds after which another process's settings are seen, and a new model is read.
FRESH = 30.0
State = Suggestion.State
_known: tuple[float, bool] = (float("-inf"), False)
#: The newest model of each field in this worker: (primary key, classes, weights).
_loaded: dict[str, tuple[int, list[str], Any]] = {}


def forget() -> None:
    """Look anew whether anything is suggested."""
    global _known
    _known = (float("-inf"), False)
    _loaded.clear()


def setting_of(field: str) -> LearningSetting:
    """What the department set, or what holds until it does."""
    return LearningSetting.objects.filter(pk=field).first() or LearningSetting(field=field)


def anything_learnt() -> bool:
    """Whether there is a model at all: asked by every new item, from memory."""
    global _known
    if time.monotonic() - _known[0] > FRESH:
        _known = (time.monotonic(), TrainedModel.objects.exists())
    return _known[1]


# --- learning -----------------------------------------------------------------------------------------------------


def _value(item: WorkItem, field: str) -> str:
    """The class of an item: the key of its category, the number of its team or priority."""
    if field == Learnable.CATEGORY:
        return item.category.key if item.category else ""
    return str((item.team_id if field == Learnable.TEAM else item.priority) or "")


def _features(item: WorkItem) -> pure.Features:
    return pure.features(f"{item.title}\n{item.description}", {"kind": item.kind, "customer": item.customer_id, "source": item.source, "subject": item.subject})


def examples(field: str) -> list[pure.Example]:
    """The newest items with what people made of them, oldest first. An accepted suggestion counts double; a value that was refused and still stands is not learnt."""
    rows = WorkItem.objects.counted().filter(closure__in=["", "solved", "workaround", "not_solved"]).exclude(**{f"{field}__isnull": True}).select_related("category")
    newest = list(rows.order_by("-received_at", "-id")[:ITEMS_AT_MOST])
    said = {one[0]: one[1:] for one in Suggestion.objects.filter(field=field).exclude(state=State.OPEN).values_list("item_id", "value", "state")}
    found = []
    for item in reversed(newest):
        label, (value, state) = _value(item, field), said.get(item.pk, ("", ""))
        if (state in (State.REFUSED, State.APPLIED) and value == label) or not label:
            continue
        found.append(pure.Example(_features(item), label, 2.0 if state == State.ACCEPTED and value == label else 1.0))
    return found


def train(*, at: datetime, progress: Callable[[int, int], None] = lambda done, total: None) -> list[TrainedModel]:
    """Learn every field anew; returns the models, without those for which too little is known."""
    made = []
    for number, field in enumerate(Learnable.values, 1):
        learnt = pure.learn(examples(field))
        if learnt is not None:
            made.append(_keep(field, learnt, at))
        progress(number, len(Learnable.values))
    forget()
    return made


@transaction.atomic
def _keep(field: str, learnt: pure.Learnt, at: datetime) -> TrainedModel:
    TrainedModel.objects.filter(field=field).update(weights=b"")
    row = TrainedModel.objects.create(
        field=field, trained_at=at, examples=learnt.examples, classes=learnt.classes, weights=learnt.weights, tested=learnt.measured.tested, right=learnt.measured.right,
        curve={str(at): list(pair) for at, pair in learnt.measured.curve.items()}, confusion=[list(one) for one in learnt.measured.confusion])
    old = TrainedModel.objects.filter(field=field).order_by("-id").values_list("pk", flat=True)[KEPT : KEPT + 200]
    TrainedModel.objects.filter(pk__in=list(old)).delete()
    return row


# --- suggesting ---------------------------------------------------------------------------------------------------


def _model(field: str) -> tuple[int, list[str], Any] | None:
    newest = TrainedModel.objects.filter(field=field).order_by("-id").values_list("pk", flat=True).first()
    if newest is None:
        return None
    held = _loaded.get(field)
    if held is None or held[0] != newest:
        row = TrainedModel.objects.get(pk=newest)
        held = _loaded[field] = (row.pk, row.classes, pure.unpack(bytes(row.weights)))
    return held


def guess(item: WorkItem, field: str) -> tuple[str, int] | None:
    """(the likeliest class of an item, how sure in percent); None where nothing was learnt."""
    model = _model(field)
    if model is None:
        return None
    value, share = pure.predict(model[1], model[2], _features(item))[0]
    return value, int(share * 100)


def suggest(item_id: int, *, at: datetime) -> list[Suggestion]:
    """What the models say of an item that people have not decided on; applied at once where the department wants that."""
    item = WorkItem.objects.filter(pk=item_id).select_related("category").first()
    if item is None or not item.is_open:
        return []
    made = []
    for field in Learnable.values:
        setting = setting_of(field)
        found = guess(item, field) if setting.active else None
        if found is None:
            continue
        value, percent = found
        if percent < setting.show_above or value == _value(item, field) or not label_of(field, value):
            continue
        row, new = Suggestion.objects.get_or_create(item=item, field=field, defaults={"value": value, "percent": percent, "model_id": _loaded[field][0], "at": at})
        if new:
            made.append(row)
            if setting.apply_above is not None and percent >= setting.apply_above and _undecided(item, field):
                _by_itself(row, at=at)
    return made


def _undecided(item: WorkItem, field: str) -> bool:
    """Nobody has set it: what a person or a rule decided is never overwritten by a guess. A team that routing chose is, while nobody has the item."""
    return item.owner_id is None and item.phase == "new" if field == Learnable.TEAM else not _value(item, field)


def _by_itself(row: Suggestion, *, at: datetime) -> None:
    try:
        with transaction.atomic():
            _set(row, by=Actor().caused_by("learning"), at=at)
            row.state, row.decided_at = State.APPLIED, at
            row.save(update_fields=["state", "decided_at"])
            Entry.objects.create(
                item=row.item, kind=Entry.Kind.AUTOMATION, via="automation", public=False, happened_at=at, details={"suggestion": row.pk},
                text=_("Applied as learnt: %(field)s %(value)s (%(percent)d%%)") % {"field": row.get_field_display(), "value": label_of(row.field, row.value), "percent": row.percent})
    except ActionError:
        # It stays a suggestion, for a person to decide on.
        row.refresh_from_db()


def label_of(field: str, value: str) -> str:
    """What a class is called; '' for one that is no more."""
    if field == Learnable.PRIORITY:
        return str(Level(int(value)).label) if value.isdecimal() and int(value) in Level.values else ""
    row: Any = Category.objects.filter(key=value, archived_at=None).first() if field == Learnable.CATEGORY else Team.objects.filter(pk=int(value) if value.isdecimal() else 0, archived_at=None).first()
    return row.label if row is not None else ""


def shown(item: WorkItem) -> list[Suggestion]:
    """The open suggestions of an item that still say something new, by what the department wants to see now."""
    found = []
    for row in Suggestion.objects.filter(item=item).open().order_by("field"):
        setting = setting_of(row.field)
        if setting.active and row.percent >= setting.show_above and row.value != _value(item, row.field):
            found.append(row)
    return found


def _set(row: Suggestion, *, by: Actor, at: datetime) -> WorkItem:
    if row.field == Learnable.TEAM:
        return assignment.assign(row.item, by=by, at=at, team=Team.objects.filter(pk=int(row.value)).first(), reason=in_each_language(lambda: _("as learnt from earlier items")))
    if row.field == Learnable.CATEGORY:
        return triage.change(row.item, by=by, at=at, category=Category.objects.filter(key=row.value).first())
    return triage.change(row.item, by=by, at=at, priority=int(row.value))


def _decided(row: Suggestion, by: Actor, at: datetime, state: str) -> Suggestion:
    by.require(work.CLASSIFY)
    row = Suggestion.objects.select_for_update(of=("self",)).select_related("item").get(pk=row.pk)
    if row.state != State.OPEN:
        raise Refused(_("Somebody has decided on this suggestion already."), code="decided")
    row.state, row.decided_by, row.decided_at = state, by.user, at
    row.save(update_fields=["state", "decided_by", "decided_at"])
    return row


@transaction.atomic
def accept(row: Suggestion, *, by: Actor, at: datetime | None = None) -> Suggestion:
    """Do as suggested."""
    at = at or timezone.now()
    row = _decided(row, by, at, State.ACCEPTED)
    if not label_of(row.field, row.value):
        raise Refused(_("What was suggested does not exist any more."), code="unknown")
    _set(row, by=by, at=at)
    return row


@transaction.atomic
def refuse(row: Suggestion, *, by: Actor, at: datetime | None = None) -> Suggestion:
    """It is not so: it is not shown again, and learnt from."""
    return _decided(row, by, at or timezone.now(), State.REFUSED)


@transaction.atomic
def choose(field: str, *, by: Actor, active: bool, show_above: int, apply_above: int | None) -> LearningSetting:
    """From which probability on a suggestion is shown, and from which on it is applied by itself (None: never)."""
    by.require(perms.LEARNING)
    if field not in Learnable.values:
        raise Refused(_("This cannot be chosen."), code="invalid", field="field")
    if not 1 <= show_above <= 100:
        raise Refused(_("A share is between 1 and 100 percent."), code="invalid", field="show_above")
    if apply_above is not None and not max(50, show_above) <= apply_above <= 100:
        raise Refused(_("It is applied by itself only from 50 percent on, and not below what is shown."), code="invalid", field="apply_above")
    row, _made = LearningSetting.objects.update_or_create(field=field, defaults={"active": active, "show_above": show_above, "apply_above": apply_above})
    return row


def feedback(field: str, *, days: int = 90) -> dict[str, int]:
    """What became of the suggestions of the last days, by state."""
    counts = Counter(Suggestion.objects.filter(field=field, at__gte=timezone.now() - timedelta(days=days)).values_list("state", flat=True))
    return {state: counts[state] for state in State.values}
