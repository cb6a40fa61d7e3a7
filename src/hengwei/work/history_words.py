"""How the history tells conditions, steps and levels of escalation of this room."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hengwei.core.history import Teller, plainly, tells

from . import facts
from .approval_rows import in_words
from .clocks.wording import Names
from .models import ApprovalPlan, RoutingRule, Target, WorkItem


@tells(RoutingRule, "conditions")
@tells(ApprovalPlan, "conditions")
def conditions() -> Teller:
    """A line for each fact that is asked; in a condition of alternatives each begins with 'or'."""
    def lines(value: Any) -> list[str]:
        found = facts.in_words(value)
        return [found[0], *(_("or %(condition)s") % {"condition": one} for one in found[1:])] if "any" in value and len(found) > 1 else found

    return lines


@tells(ApprovalPlan, "steps")
def approval_steps() -> Teller:
    """Who is asked in each step, and how many must agree."""
    def lines(value: Any) -> list[str]:
        found = []
        for number, step in enumerate(in_words(value), 1):
            more = [
                *([str(step["demand"])] if step["demand"] else []), *([_("reminded every %(n)d h") % {"n": step["remind"]}] if step["remind"] else []),
                *([_("to be decided within %(n)d h") % {"n": step["within"]}] if step["within"] else []),
            ]
            name = f"{number}. {step['name']}".strip()
            found.append(_("%(field)s: %(values)s") % {"field": name, "values": _("; ").join([_(", ").join(step["who"]), *more])})
        return found

    return lines


@tells(Target, "conditions")
def scopes() -> Teller:
    """For which items a promise holds."""
    names = Names()
    return lambda value: [names.scope(value)]


@tells(Target, "escalation")
def escalation() -> Teller:
    """When what is done."""
    names = Names()
    return lambda value: [names.step(step) for step in value]


@tells(WorkItem, "form")
def answers() -> Teller:
    """Labels and answers as they were asked."""
    return plainly
