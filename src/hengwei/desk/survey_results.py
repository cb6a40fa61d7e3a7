"""What a survey says: whole, by group, and how many answered. Of an anonymous one nothing that could point at a person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hengwei.desk import surveys as rules
from hengwei.desk.models import Answer, Campaign
from hengwei.desk.surveys import Figure

#: By what the answers of a named survey are told apart: key and the path from the invitation.
GROUPS = ("team", "served_by", "category", "customer")


@dataclass(frozen=True, slots=True)
class Group:
    """One team, engineer, category or customer."""

    label: str
    asked: int
    answered: int
    score: float | None
    nps: float | None

    @property
    def rate(self) -> float | None:
        return self.answered / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Results:
    asked: int
    answered: int
    figures: list[Figure]
    #: By GROUPS; empty where the survey is anonymous.
    groups: dict[str, list[Group]]
    #: Too few answers of an anonymous survey to be shown.
    withheld: bool = False

    @property
    def rate(self) -> float | None:
        return self.answered / self.asked if self.asked else None


def results_of(campaign: Campaign) -> Results:
    """The results so far."""
    asked = campaign.invitations.count()
    # Sorted by a random key: the order of arrival would tell of an anonymous survey who answered first.
    rows = list(Answer.objects.filter(campaign=campaign).order_by("pk"))
    if campaign.anonymous:
        few = len(rows) < rules.ANONYMOUS_AT_LEAST
        return Results(asked, len(rows), [] if few else rules.figures(campaign.questions, [row.answers for row in rows]), {}, withheld=few)
    return Results(asked, len(rows), rules.figures(campaign.questions, [row.answers for row in rows]), _groups(campaign))


def _groups(campaign: Campaign) -> dict[str, list[Group]]:
    people = list(campaign.invitations.select_related("team", "served_by", "category", "user__customer", "answer"))
    found: dict[str, list[Group]] = {}
    for key in GROUPS:
        parts: dict[Any, list[Any]] = defaultdict(list)
        for one in people:
            parts[one.user.customer if key == "customer" else getattr(one, key)].append(getattr(one, "answer", None))
        groups = []
        for what, answers in parts.items():
            given = [one for one in answers if one is not None]
            scores = [one.score for one in given if one.score is not None]
            groups.append(Group(
                str(what) if what is not None else _("none"), len(answers), len(given), sum(scores) / len(scores) if scores else None,
                rules.nps([one.recommend for one in given if one.recommend is not None]),
            ))
        found[key] = sorted(groups, key=lambda group: (-group.answered, group.label))
    return found
