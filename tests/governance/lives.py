"""Bringing regulations into force, as people would."""

from __future__ import annotations

from datetime import datetime

from hengwei.governance.actions import life
from hengwei.governance.models import RegulationVersion
from hengwei.org.models import User
from hengwei.work.actions.approvals import decide
from hengwei.work.models import ApprovalVote
from tests.factories import acting

from .conftest import NOW


def approved(version: RegulationVersion, manager: User, boss: User, at: datetime = NOW) -> RegulationVersion:
    """Submitted by one, approved by the other."""
    life.submit(version, approvers=[boss], by=acting(manager), at=at)
    for vote in ApprovalVote.objects.filter(state="open", step__approval__item__in=version.approval_items.all()):
        decide(vote, approve=True, by=acting(boss), at=at)
    version.refresh_from_db()
    return version


def in_force(version: RegulationVersion, manager: User, boss: User, at: datetime = NOW) -> RegulationVersion:
    """Approved and published."""
    return life.publish(approved(version, manager, boss, at), by=acting(manager), at=at)


def keys(version: RegulationVersion) -> dict[str, str]:
    """The keys of clauses by their numbers."""
    return {clause.number: clause.key for clause in version.clauses.all()}
