"""What the department sets: categories, the priority matrix, routing rules, how teams hand out, checklists, remote tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.org.models import Team
from hengwei.work import categories, facts, kinds, priorities, routing
from hengwei.work import permissions as perms
from hengwei.work.conditions import BadCondition, matches, validate
from hengwei.work.models import (
    ApprovalPlan,
    Category,
    ChecklistTemplate,
    Level,
    PriorityRule,
    RemoteTool,
    RoutingRule,
    TeamAssignment,
    WorkItem,
)

from . import helping
from .approvers import checked_steps

#: What a routing rule may ask about.
FACTS = {
    "kind", "state", "phase", "priority", "impact", "urgency", "category", "catalogue", "customer", "site", "team", "owner", "source", "labels", "subject",
    "text", "escalation_level",
}
#: Items of the past that a dry run looks at.
TRIED_AT_MOST = 2000
Row = TypeVar("Row", bound=models.Model)


def _save(model: type[Row], row: Row | None, values: Mapping[str, Any]) -> Row:
    made = row if row is not None else model()
    for name, value in values.items():
        setattr(made, name, value)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise Refused(_("Another record has this key already."), code="taken", field="key") from None
    return made


def next_place(rows: models.QuerySet[Any]) -> int:
    """The place behind all the others, for a record that people put in order themselves."""
    return min(32_000, (rows.aggregate(last=Max("order"))["last"] or 0) + 10)


@transaction.atomic
def save_category(row: Category | None, *, by: Actor, **values: Any) -> Category:
    """Make or change a category; never part of itself or of what is below it."""
    by.require(perms.CONFIGURE)
    above = values.get("parent")
    while above is not None and row is not None:
        if above.pk == row.pk:
            raise Refused(_("A category cannot be part of itself."), code="circle", field="parent")
        above = above.parent
    made = _save(Category, row, values)
    categories.forget()
    return made


@transaction.atomic
def archive_category(row: Category, *, by: Actor) -> Category:
    """Offer a category no longer; items keep it."""
    by.require(perms.CONFIGURE)
    row.archived_at = None if row.archived_at else timezone.now()
    row.save(update_fields=["archived_at"])
    categories.forget()
    return row


@transaction.atomic
def save_matrix(cells: Mapping[tuple[int, int], int], *, by: Actor) -> None:
    """Set the priority of each pair of impact and urgency."""
    by.require(perms.CONFIGURE)
    for (impact, urgency), priority in cells.items():
        if not {impact, urgency, priority} <= set(Level.values):
            raise Refused(_("This level does not exist."), code="invalid", field="priority")
        PriorityRule.objects.update_or_create(impact=impact, urgency=urgency, defaults={"priority": priority})
    priorities.forget()


@transaction.atomic
def save_rule(row: RoutingRule | None, *, by: Actor, **values: Any) -> RoutingRule:
    """Make or change a routing rule."""
    by.require(perms.CONFIGURE)
    try:
        validate(values.get("conditions") or {}, FACTS)
    except BadCondition as error:
        raise Refused(str(error), code="bad_condition", field="conditions") from None
    made = _save(RoutingRule, row, values if row is not None else {"order": next_place(RoutingRule.objects.all()), **values})
    routing.forget()
    return made


@transaction.atomic
def order_rules(pks: Sequence[int], *, by: Actor) -> None:
    """Put the rules in this order; the first that matches decides."""
    by.require(perms.CONFIGURE)
    for place, pk in enumerate(pks, 1):
        RoutingRule.objects.filter(pk=pk).update(order=place * 10)
    routing.forget()


@transaction.atomic
def delete_rule(row: RoutingRule, *, by: Actor) -> None:
    """Take a rule away: what it decided stays in the timelines."""
    by.require(perms.CONFIGURE)
    row.delete()
    routing.forget()


@transaction.atomic
def set_strategy(team: Team, strategy: str, *, by: Actor) -> TeamAssignment:
    """How a team hands out what reaches it."""
    by.require(perms.CONFIGURE)
    if strategy not in TeamAssignment.Strategy.values:
        raise Refused(_("Please choose."), code="invalid", field="strategy")
    made, _new = TeamAssignment.objects.update_or_create(team=team, defaults={"strategy": strategy})
    routing.forget()
    return made


@transaction.atomic
def save_checklist(row: ChecklistTemplate | None, *, by: Actor, **values: Any) -> ChecklistTemplate:
    """Make or change a checklist template; items keep the points that they were given."""
    by.require(perms.CONFIGURE)
    values["points"] = helping.clean_points(values["points"])
    made = _save(ChecklistTemplate, row, values)
    helping.forget()
    return made


@transaction.atomic
def save_tool(row: RemoteTool | None, *, by: Actor, **values: Any) -> RemoteTool:
    """Make or change a tool for remote help."""
    by.require(perms.CONFIGURE)
    helping.check_tool_url(values["url"])
    return _save(RemoteTool, row, values)


@transaction.atomic
def save_plan(row: ApprovalPlan | None, *, by: Actor, steps: Sequence[Mapping[str, Any]], conditions: Mapping[str, Any], **values: Any) -> ApprovalPlan:
    """Make or change a plan of approval; approvals that run already keep the steps they were asked with."""
    by.require(perms.CONFIGURE)
    checked_steps(steps)
    kind = values.get("kind", "")
    if kind and kind not in {one.key for one in kinds.every() if one.workflow.asks_approval}:
        raise Refused(_("Items of this kind are not submitted for approval."), code="invalid", field="kind")
    try:
        validate(conditions, set(facts.FACTS))
    except BadCondition as error:
        raise Refused(str(error), code="bad_condition", field="conditions") from None
    place = {} if row is not None else {"order": next_place(ApprovalPlan.objects.all())}
    return _save(ApprovalPlan, row, {**place, **values, "steps": [dict(one) for one in steps], "conditions": dict(conditions)})


@transaction.atomic
def archive_plan(row: ApprovalPlan, *, by: Actor) -> ApprovalPlan:
    """Put a plan away, or use it again. Entries of the catalogue that name it ask as it says until they are changed."""
    by.require(perms.CONFIGURE)
    row.active = not row.active
    row.save(update_fields=["active"])
    return row


@transaction.atomic
def order_plans(pks: Sequence[int], *, by: Actor) -> None:
    """Put the plans in this order; the first that fits is taken."""
    by.require(perms.CONFIGURE)
    for place, pk in enumerate(pks, 1):
        ApprovalPlan.objects.filter(pk=pk).update(order=place * 10)


@dataclass(frozen=True, slots=True)
class Trial:
    """What the rules as they are now would have done with past items."""

    looked_at: int
    elsewhere: list[tuple[WorkItem, RoutingRule]]


def try_rules(*, by: Actor, items: int = 200) -> Trial:
    """Ask the rules about the newest items, changing nothing: which would have gone to another team than they have now."""
    by.require(perms.CONFIGURE)
    rules = list(RoutingRule.objects.filter(active=True).select_related("team"))
    past = list(WorkItem.objects.select_related("team").filter(merged_into=None).order_by("-id")[: max(1, min(items, TRIED_AT_MOST))])
    elsewhere = []
    for item in past:
        asked = {**item.facts(), "team": None, "owner": None}
        rule = next((one for one in rules if matches(one.conditions, asked)), None)
        if rule is not None and rule.team_id != item.team_id:
            elsewhere.append((item, rule))
    return Trial(len(past), elsewhere)
