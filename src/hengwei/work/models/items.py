"""The work item: what every kind of work has in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.errors import Conflict, NotFound
from hengwei.core.i18n import Bilingual
from hengwei.org.models import Customer, Site, Team, User
from hengwei.work import kinds
from hengwei.work import permissions as perms
from hengwei.work.workflow import OPEN_PHASES, Phase, State, Workflow

if TYPE_CHECKING:
    from hengwei.core.acting import Actor

    from .timeline import Entry

__all__ = ["NEVER", "NOT_COUNTED", "Category", "Closure", "Level", "Source", "WaitingFor", "WorkItem", "WorkItemQuerySet", "label_of"]

#: Stands for 'no moment' where rows are ordered by time: NULL would spoil keyset pages.
NEVER = datetime(9000, 1, 1, tzinfo=UTC)


def rank() -> Func:
    """The priority as a list is put in order by it: what has none yet comes last. Written out, so that it meets the index."""
    return Func(F("priority"), template="COALESCE(%(expressions)s, 5)", output_field=models.SmallIntegerField())


class Level(models.IntegerChoices):
    """Impact, urgency, priority: 1 is the highest."""

    CRITICAL = 1, _("critical")
    HIGH = 2, _("high")
    MEDIUM = 3, _("medium")
    LOW = 4, _("low")


class Source(models.TextChoices):
    """The channel by which it reached us (A1)."""

    PHONE = "phone", _("telephone")
    EMAIL = "email", _("e-mail")
    PORTAL = "portal", _("portal")
    CHAT = "chat", _("chat")
    API = "api", _("API")
    AGENT = "agent", _("by an engineer")
    MONITOR = "monitor", _("monitoring")
    SYSTEM = "system", _("system")


class WaitingFor(models.TextChoices):
    """Why an item waits. Only reasons that the agreement lists pause its clocks; colleagues never do."""

    CUSTOMER = "customer", _("waiting for the customer")
    AGREED_DATE = "agreed_date", _("waiting for an agreed date")
    SUPPLIER = "supplier", _("waiting for a supplier")
    COLLEAGUE = "colleague", _("waiting for a colleague")
    CHANGE = "change", _("waiting for a change")


class Closure(models.TextChoices):
    """How it ended."""

    SOLVED = "solved", _("solved")
    WORKAROUND = "workaround", _("solved by a workaround")
    NOT_SOLVED = "not_solved", _("not solved")
    WITHDRAWN = "withdrawn", _("withdrawn by the requester")
    CANCELLED = "cancelled", _("cancelled")
    DUPLICATE = "duplicate", _("duplicate")
    MERGED = "merged", _("merged into another")
    SPAM = "spam", _("spam")


#: Endings that take an item out of every figure.
NOT_COUNTED = (Closure.CANCELLED, Closure.WITHDRAWN, Closure.SPAM, Closure.MERGED)


@history.tracked(audited=True)
class Category(Bilingual):
    """What it is about: a tree that the department sets."""

    key = models.SlugField(_("key"), unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of"))
    kinds = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("for these kinds"))
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta:
        verbose_name = _("category")
        ordering = ["order", "id"]


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    """The questions that pages, jobs and controls ask of work items."""

    def visible_to(self, user: User) -> Self:
        """What this person may see: staff all, others what they asked for, watch, or were shown."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.may(perms.VIEW_ALL):
            return self
        mine = Q(requester=user) | Q(pk__in=_watched_by(user)) | Q(pk__in=_shown_to(user)) | Q(pk__in=_asked_of(user))
        if user.is_agent:
            mine |= Q(owner=user) | Q(team__in=user.team_ids)
        elif user.verified and user.customer is not None and user.customer.shares_requests:
            # A complaint may be about a colleague: it stays its author's own.
            mine |= Q(customer=user.customer_id) & ~Q(kind="complaint")
        return self.filter(mine)

    def open(self) -> Self:
        return self.filter(phase__in=OPEN_PHASES)

    def unassigned(self) -> Self:
        return self.open().filter(owner__isnull=True)

    def due_before(self, moment: datetime) -> Self:
        """Open items of which a promise falls due before the moment, overdue ones included."""
        return self.open().filter(next_due_at__lt=moment)

    def waiting_for(self, reason: str) -> Self:
        return self.filter(phase=Phase.WAITING, waiting_for=reason)

    def counted(self) -> Self:
        """Without what was withdrawn, cancelled, merged or spam: such items are out of every figure."""
        return self.exclude(closure__in=NOT_COUNTED)

    def requests(self) -> Self:
        """What requesters asked for or reported: the kinds that are theirs to raise."""
        return self.filter(kind__in=[kind.key for kind in kinds.every() if kind.for_requesters])

    def received_within(self, start: datetime, end: datetime) -> Self:
        return self.filter(received_at__gte=start, received_at__lt=end)

    def closed_within(self, start: datetime, end: datetime) -> Self:
        return self.filter(phase=Phase.CLOSED, closed_at__gte=start, closed_at__lt=end)

    def resolved_within(self, start: datetime, end: datetime) -> Self:
        return self.filter(resolved_at__gte=start, resolved_at__lt=end)

    def open_at(self, moment: datetime, *, past: bool) -> Self:
        """Open at a moment; `past` when it lies behind us, so that what was finished since is counted too."""
        if not past:
            return self.open()
        return self.filter(Q(resolved_at=None) | Q(resolved_at__gt=moment), Q(closed_at=None) | Q(closed_at__gt=moment), received_at__lte=moment)

    def with_people(self) -> Self:
        """All that a row of a list shows, in one query."""
        return self.select_related("requester", "customer", "team", "owner", "category")

    def by_number(self, number: str) -> WorkItem:
        """The item of this number; NotFound when there is none."""
        try:
            return self.get(number=number.upper().strip())
        except self.model.DoesNotExist:
            raise NotFound(_t("There is no item %(number)s, or it is not yours to see.") % {"number": number}) from None


def _watched_by(user: User) -> models.QuerySet[Any]:
    from .collaboration import Watcher

    return Watcher.objects.filter(user=user).values("item_id")


def _shown_to(user: User) -> models.QuerySet[Any]:
    from .helping import Share

    return Share.objects.of(user).values("item_id")


def _asked_of(user: User) -> models.QuerySet[Any]:
    from .approvals import ApprovalVote

    return ApprovalVote.objects.filter(user=user).values("step__approval__item_id")


@history.tracked(made=False, only=[
    "title", "description", "state", "impact", "urgency", "priority", "category", "catalogue_key", "labels", "subject", "form", "requester", "customer",
    "site", "team", "owner", "parent", "merged_into", "waiting_for", "waiting_until", "cause", "solution", "closure", "resolved_remotely",
    "escalation_level", "received_at", "created_at", "acknowledged_at", "classified_at", "responded_at", "resolved_at", "told_at", "closed_at",
])
class WorkItem(models.Model):
    """Everything that somebody must do: numbered, described, prioritised, owned, on the clock, logged, closed."""

    #: The entry that a new item began with, for whoever has just opened it.
    opening: Entry | None = None

    number = models.CharField(_("number"), max_length=30, unique=True)
    kind = models.CharField(_("kind"), max_length=30)
    title = models.CharField(_("title"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    state = models.CharField(_("state"), max_length=30)
    phase = models.CharField(_("phase"), max_length=10, choices=[(p.value, p.value) for p in Phase], default=Phase.NEW)
    waiting_for = models.CharField(_("waiting for"), max_length=20, choices=WaitingFor, blank=True, default="")
    waiting_until = models.DateTimeField(_("until"), null=True, blank=True)

    impact = models.PositiveSmallIntegerField(_("impact"), choices=Level, null=True, blank=True)
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Level, null=True, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Level, null=True, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("category"))
    catalogue_key = models.CharField(_("catalogue entry"), max_length=60, blank=True, default="")
    labels = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("labels"))
    subject = models.CharField(_("affected system or product"), max_length=200, blank=True, default="")
    form = models.JSONField(_("answers"), default=dict, blank=True)

    source = models.CharField(_("channel"), max_length=12, choices=Source, default=Source.AGENT)
    # Found by the indexes below, which begin with them.
    requester = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="requested", db_index=False, verbose_name=_("requester"))
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="items", db_index=False, verbose_name=_("customer or department"))
    site = models.ForeignKey(Site, models.SET_NULL, null=True, blank=True, related_name="items", verbose_name=_("site"))
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("team"))
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="owned", verbose_name=_("handled by"))
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of"))
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_items", verbose_name=_("merged into"))

    cause = models.CharField(_("cause"), max_length=300, blank=True, default="")
    solution = models.TextField(_("solution"), blank=True, default="")
    closure = models.CharField(_("outcome"), max_length=20, choices=Closure, blank=True, default="")
    resolved_remotely = models.BooleanField(_("solved remotely"), null=True, blank=True)
    reopened_count = models.PositiveSmallIntegerField(_("times reopened"), default=0)
    chased_count = models.PositiveSmallIntegerField(_("times urged"), default=0)
    escalation_level = models.PositiveSmallIntegerField(_("escalation level"), default=0)
    without_agreement = models.BooleanField(_("without agreement"), default=False)

    received_at = models.DateTimeField(_("received"))
    created_at = models.DateTimeField(_("recorded"))
    acknowledged_at = models.DateTimeField(_("confirmed to the requester"), null=True, blank=True)
    classified_at = models.DateTimeField(_("classified"), null=True, blank=True)
    assigned_at = models.DateTimeField(_("assigned"), null=True, blank=True)
    responded_at = models.DateTimeField(_("first answered"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    told_at = models.DateTimeField(_("result told to the requester"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    updated_at = models.DateTimeField(_("changed"))

    #: The earliest due moment of its running clocks; NEVER when none runs. Kept by the clock actions.
    next_due_at = models.DateTimeField(_("due"), default=NEVER)
    next_due_measure = models.CharField(max_length=30, blank=True, default="")
    #: When the running clock of next_due_at started, so that a list can show the share left without a join.
    next_due_from = models.DateTimeField(null=True, blank=True)
    #: The newest words, for the second line of a list row. `last_public_*` is what a requester may read.
    last_entry_at = models.DateTimeField(null=True, blank=True)
    last_entry_by = models.CharField(max_length=120, blank=True, default="")
    last_entry_text = models.CharField(max_length=160, blank=True, default="")
    last_public_at = models.DateTimeField(null=True, blank=True)
    last_public_from_requester = models.BooleanField(default=False)

    version = models.PositiveIntegerField(default=1)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("work item")
        constraints = [
            models.CheckConstraint(condition=Q(phase__in=[p.value for p in Phase]), name="item_phase_known"),
            models.CheckConstraint(condition=Q(impact__range=(1, 4)) | Q(impact=None), name="item_impact_range"),
            models.CheckConstraint(condition=Q(urgency__range=(1, 4)) | Q(urgency=None), name="item_urgency_range"),
            models.CheckConstraint(condition=Q(priority__range=(1, 4)) | Q(priority=None), name="item_priority_range"),
            models.CheckConstraint(condition=~Q(phase="closed") | Q(closed_at__isnull=False), name="item_closed_has_time"),
            models.CheckConstraint(condition=~Q(phase="waiting") | ~Q(waiting_for=""), name="item_waiting_has_reason"),
            models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="item_not_merged_into_itself"),
        ]
        indexes = [
            models.Index(fields=["owner", "next_due_at", "id"], name="item_queue_owner", condition=Q(phase__in=OPEN_PHASES)),
            models.Index(fields=["team", "next_due_at", "id"], name="item_queue_team", condition=Q(phase__in=OPEN_PHASES)),
            models.Index(fields=["team", "next_due_at", "id"], name="item_queue_unowned", condition=Q(phase__in=OPEN_PHASES, owner=None)),
            models.Index(fields=["next_due_at", "id"], name="item_queue_all", condition=Q(phase__in=OPEN_PHASES)),
            models.Index(fields=["-updated_at", "-id"], name="item_queue_changed", condition=Q(phase__in=OPEN_PHASES)),
            models.Index(rank(), "next_due_at", "id", name="item_queue_priority", condition=Q(phase__in=OPEN_PHASES)),
            models.Index(fields=["waiting_until", "id"], name="item_waiting", condition=Q(phase="waiting")),
            models.Index(fields=["requester", "-id"], name="item_requester"),
            models.Index(fields=["customer", "-id"], name="item_customer"),
            models.Index(fields=["kind", "-id"], name="item_kind"),
            models.Index(fields=["-received_at", "-id"], name="item_received"),
            models.Index(fields=["resolved_at", "id"], name="item_to_close", condition=Q(phase="resolved")),
            models.Index(fields=["closed_at"], name="item_closed", condition=Q(phase="closed")),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("work:item", args=[self.number])

    @property
    def kind_of(self) -> kinds.Kind:
        return kinds.get(self.kind)

    @property
    def workflow(self) -> Workflow:
        return self.kind_of.workflow

    @property
    def state_of(self) -> State:
        return self.workflow.state(self.state)

    @property
    def is_open(self) -> bool:
        return Phase(self.phase).is_open

    @property
    def due_at(self) -> datetime | None:
        """When the next promise falls due, or None."""
        return None if self.next_due_at >= NEVER else self.next_due_at

    @cached_property
    def followers(self) -> list[Any]:
        """Who is kept informed, with how; for a page that says so in several places."""
        return list(self.watchers.select_related("user").order_by("kind", "id"))

    def is_requester(self, user: User | None) -> bool:
        return user is not None and self.requester_id == user.pk

    def locked(self, version: int | None = None) -> WorkItem:
        """The row as it is now, locked until the transaction ends; Conflict when the reader's `version` is stale."""
        fresh = WorkItem.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if version is not None and version != fresh.version:
            raise Conflict(
                _t("Somebody else changed %(number)s meanwhile. Your text is kept; look at what changed and send again.")
                % {"number": fresh.number},
                current=fresh.version,
            )
        return fresh

    def specific(self) -> WorkItem:
        """The item as its own kind, with that kind's fields."""
        model = self.kind_of.model_class
        return self if type(self) is model or model is WorkItem else model.objects.get(pk=self.pk)

    def facts(self) -> dict[str, Any]:
        """What conditions may ask about (conditions.py)."""
        return {
            "kind": self.kind, "state": self.state, "phase": self.phase, "priority": self.priority,
            "impact": self.impact, "urgency": self.urgency, "category": self.category_chain(),
            "catalogue": self.catalogue_key, "customer": self.customer_id, "site": self.site_id, "team": self.team_id,
            "owner": self.owner_id, "source": self.source, "labels": self.labels, "subject": self.subject,
            "text": f"{self.title}\n{self.description}", "escalation_level": self.escalation_level,
            **{f"form.{key}": value for key, value in self.form.items()},
        }

    def category_chain(self) -> list[str]:
        """The keys of its category and of all above it, so that a condition on a branch holds for its leaves."""
        from hengwei.work.categories import chain

        return chain(self.category_id)

    def visible_to(self, user: User) -> bool:
        return WorkItem.objects.visible_to(user).filter(pk=self.pk).exists()

    def possible_transitions(self, by: Actor) -> list[Any]:
        """What this actor may do now, in the order of the workflow."""
        mine = self.is_requester(by.user)
        return self.workflow.possible(self.state, lambda t: not t.by_approval and (by.may(t.permission) or (mine and t.by_requester)))


def label_of(name: str, kind: str = "") -> str:
    """What a field of an item, or of its kind, is called on the screen."""
    model = kinds.get(kind).model_class if kind else WorkItem
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    return str(getattr(field, "verbose_name", name))
