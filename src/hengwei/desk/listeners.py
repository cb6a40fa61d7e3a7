"""What the desk does by itself on events of work."""

from __future__ import annotations

from hengwei.core.acting import Actor
from hengwei.core.events import on
from hengwei.work.actions.assignment import assign
from hengwei.work.events import ItemOpened
from hengwei.work.models import WorkItem


@on(ItemOpened)
def own_complaint(event: ItemOpened) -> None:
    """A complaint is the deputy lead's by default, the lead's where there is no deputy (A10)."""
    if event.kind != "complaint":
        return
    item = WorkItem.objects.select_related("team", "team__lead", "team__deputy").get(pk=event.item_id)
    if item.team is None:
        return
    deputy = item.team.deputy
    person = deputy if deputy and deputy.is_active and not deputy.is_away(event.at) else item.team.acting_lead(event.at)
    if person is not None and person != item.owner:
        assign(item, by=Actor().caused_by("complaint_owner"), owner=person, team=item.team, at=event.at)
