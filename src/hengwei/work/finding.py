"""What the quick search's question means for work items: `asking.Question` as a narrowing of rows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from hengwei.core.search import engine, tokens
from hengwei.org.models import Team, User
from hengwei.work import kinds
from hengwei.work import permissions as perms
from hengwei.work.asking import Between, Question, Term

from .models import Category, Clock, Entry, Level, Snooze, Source, Watcher
from .models.items import WorkItemQuerySet

SOON = timedelta(hours=1)
FIELDS = {"created": "received_at", "updated": "updated_at", "resolved": "resolved_at", "closed": "closed_at", "due": "next_due_at"}
ME = ("me", "我")
NOBODY = ("none", "nobody", "无", "空")


def asked(rows: WorkItemQuerySet, question: Question, *, user: User, now: datetime) -> WorkItemQuerySet:
    """The rows that answer the question."""
    for term in question.terms:
        condition = _flag(term.value, user, now) if term.key == "is" else _condition(term, user)
        rows = rows.exclude(condition) if term.negated else rows.filter(condition)
    for span in question.spans:
        rows = rows.exclude(_between(span)) if span.negated else rows.filter(_between(span))
    if question.text:
        rows = rows.filter(words_of(question.text, user))
    for phrase in question.phrases:
        rows = rows.filter(Q(title__icontains=phrase) | Q(description__icontains=phrase) | _said(phrase, user))
    for word in question.without:
        rows = rows.exclude(Q(title__icontains=word) | words_of(word, user))
    return rows


def words_of(text: str, user: User) -> Q:
    """Items whose search entry holds all the words; internal words only for those who may read them."""
    query = tokens.query(text, engine.synonyms())
    if not query:
        return Q(title__icontains=text.strip())
    vector = "internal_vector" if user.may(perms.VIEW_ALL) else "public_vector"
    found = RawSQL(f"SELECT object_id FROM core_searchentry WHERE kind = 'item' AND {vector} @@ %s::tsquery", [query])
    return Q(pk__in=found)


def _said(phrase: str, user: User) -> Q:
    return Q(Exists(Entry.objects.visible_to(user).filter(item=OuterRef("pk"), text__icontains=phrase)))


def _named(field: str, value: str, *, also: tuple[str, ...] = ()) -> Q:
    found = Q(**{f"{field}__name__icontains": value}) | Q(**{f"{field}__name_en__icontains": value})
    for name in also:
        found |= Q(**{f"{field}__{name}__iexact": value})
    return found


def _person(field: str, value: str, user: User) -> Q:
    if value.casefold() in ME:
        return Q(**{field: user})
    if value.casefold() in NOBODY:
        return Q(**{f"{field}__isnull": True})
    found = Q(**{f"{field}__name__icontains": value}) | Q(**{f"{field}__username__iexact": value})
    return found | Q(**{f"{field}__email__iexact": value}) if user.is_agent else found


def _condition(term: Term, user: User) -> Q:
    key, value = term.key, term.value
    if key == "from":
        return _person("requester", value, user)
    if key == "owner":
        return _person("owner", value, user)
    if key == "team":
        if value.casefold() in ME:
            return Q(team__in=user.team_ids)
        teams = Team.objects.filter(Q(key__iexact=value) | Q(name__icontains=value) | Q(name_en__icontains=value))
        return Q(team__isnull=True) if value.casefold() in NOBODY else Q(team__in=teams)
    if key == "customer":
        return Q(customer__isnull=True) if value.casefold() in NOBODY else _named("customer", value, also=("code",))
    if key == "site":
        return _named("site", value)
    if key == "category":
        return Q(category__isnull=True) if value.casefold() in NOBODY else Q(category__in=_branch(value))
    if key == "kind":
        wanted = [kind.key for kind in kinds.every() if value.casefold() in (kind.key, kind.prefix.casefold(), str(kind.label).casefold())]
        return Q(kind__in=wanted)
    if key == "priority":
        return _level(value)
    if key == "state":
        found = {state.key for kind in kinds.every() for state in kind.workflow.states if value.casefold() in (state.key, str(state.label).casefold())}
        return Q(state__in=sorted(found))
    if key == "label":
        return Q(labels__contains=[value])
    if key == "source":
        wanted = [source.value for source in Source if value.casefold() in (source.value, str(source.label).casefold())]
        return Q(source__in=wanted)
    return Q(number__istartswith=value)


def _branch(value: str) -> list[int]:
    """A category and all below it."""
    from .categories import chain

    heads = set(Category.objects.filter(Q(key__iexact=value) | Q(name__icontains=value) | Q(name_en__icontains=value)).values_list("key", flat=True))
    return [pk for pk in Category.objects.values_list("pk", flat=True) if heads & set(chain(pk))]


def _level(value: str) -> Q:
    if value.casefold() in NOBODY:
        return Q(priority=None)
    names = {str(level.label).casefold(): level.value for level in Level} | {level.name.casefold(): level.value for level in Level}
    found = int(value.lstrip("Pp")) if value.lstrip("Pp").isdecimal() and len(value) < 4 else names.get(value.casefold(), 0)
    return Q(priority=found)


def _flag(flag: str, user: User, now: datetime) -> Q:
    open_ = Q(phase__in=("new", "active", "waiting"))
    return {
        "open": open_, "new": Q(phase="new"), "waiting": Q(phase="waiting"), "resolved": Q(phase="resolved"), "closed": Q(phase="closed"),
        "overdue": open_ & Q(next_due_at__lt=now), "soon": open_ & Q(next_due_at__gte=now, next_due_at__lt=now + SOON),
        "unassigned": open_ & Q(owner=None), "mine": Q(owner=user), "unread": open_ & Q(last_public_from_requester=True),
        "snoozed": Q(pk__in=Snooze.objects.asleep(user, now).values("item")),
        "breached": Q(Exists(Clock.objects.filter(item=OuterRef("pk"), breached_at__isnull=False))),
        "reopened": Q(reopened_count__gt=0), "urged": Q(chased_count__gt=0), "merged": Q(merged_into__isnull=False),
        "watched": Q(pk__in=Watcher.objects.filter(user=user).values("item")),
    }[flag]


def _between(span: Between) -> Q:
    """The days of a span in the reader's time zone."""
    field, found = FIELDS[span.key], Q()
    if span.start is not None:
        found &= Q(**{f"{field}__gte": _midnight(span.start)})
    if span.end is not None:
        found &= Q(**{f"{field}__lt": _midnight(span.end)})
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
