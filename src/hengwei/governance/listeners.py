"""What governance does by itself on events."""

from __future__ import annotations

from hengwei.core.events import on
from hengwei.core.jobs import enqueue
from hengwei.governance.actions import life
from hengwei.governance.events import RegulationPublished
from hengwei.governance.jobs import run_regulation
from hengwei.governance.models import VersionApproval
from hengwei.work.events import ApprovalDecided


@on(ApprovalDecided)
def version_decided(event: ApprovalDecided) -> None:
    """The approval of a version ended."""
    item = VersionApproval.objects.filter(pk=event.item_id).first()
    if item is not None:
        life.decided(item, event.outcome, at=event.at)


@on(RegulationPublished)
def run_when_published(event: RegulationPublished) -> None:
    """A regulation in force shows its figures at once."""
    enqueue(run_regulation, once=f"regulation:{event.regulation_id}", regulation_id=event.regulation_id)
