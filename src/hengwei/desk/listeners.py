"""What the desk does by itself on events of work."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.events import on
from hengwei.desk.actions import changes, complaints, follow_ups, problems, promised_steps
from hengwei.desk.models import Asked, Complaint, GuestRequest
from hengwei.org.events import PersonErased
from hengwei.work import catalogue
from hengwei.work.actions.assignment import assign
from hengwei.work.events import ApprovalDecided, ItemMoved, ItemOpened
from hengwei.work.models import Entry, WorkItem
from hengwei.work.workflow import Phase


@on(ItemOpened)
def own_complaint(event: ItemOpened) -> None:
    """A complaint is the deputy lead's by default, the lead's where there is no deputy (A10)."""
    if event.kind != "complaint":
        return
    item = WorkItem.objects.select_related("team", "team__lead", "team__deputy", "team__parent").get(pk=event.item_id)
    own = Complaint.objects.select_related("about_team__lead", "about_team__deputy", "about_person").filter(pk=item.pk).first()
    team = (own.about_team if own else None) or item.team
    person = complaints.owner_for(team, event.at, about=own.about_person if own else None)
    if person is not None and person != item.owner:
        assign(item, by=Actor().caused_by("complaint_owner"), owner=person, team=team, at=event.at)


@on(PersonErased)
def forget_guest(event: PersonErased) -> None:
    """The address and network from which a person asked without signing in."""
    GuestRequest.objects.filter(item__requester=event.person_id).update(email="", network="")


@on(ItemMoved)
def keep_consent(event: ItemMoved) -> None:
    """Closing a complaint takes the customer's consent on record: his own word, or what was written of it (A10)."""
    if event.phase != Phase.CLOSED or event.transition != "close":
        return
    own = Complaint.objects.filter(pk=event.item_id, consent_at=None).first()
    if own is None:
        return
    words = Entry.objects.filter(pk=event.entry_id or 0).values_list("text", flat=True).first() or ""
    if own.is_requester(event.actor.user):
        words = words or _("Confirmed by the requester.")
    Complaint.objects.filter(pk=own.pk).update(consent=words[:300], consent_at=event.at, consent_by=event.actor.user)


@on(ItemMoved)
def know_error(event: ItemMoved) -> None:
    """A problem became a known error: since when is kept."""
    if event.after == "known_error":
        problems.known(WorkItem.objects.get(pk=event.item_id), at=event.at)


@on(ItemMoved)
def check_change(event: ItemMoved) -> None:
    """A change whose plan is not complete, or lies in a freeze, is not put to its approvers."""
    if event.transition == "submit":
        changes.check_submission(WorkItem.objects.get(pk=event.item_id))


@on(ItemMoved)
def plan_follow_up(event: ItemMoved) -> None:
    """Plans owe follow-ups once an item is closed (A11)."""
    if event.phase == Phase.CLOSED and event.phase_before != Phase.CLOSED:
        item = WorkItem.objects.select_related("requester", "customer", "team__lead", "team__deputy", "owner").get(pk=event.item_id)
        follow_ups.after_closing(item, at=event.at, by=event.actor)


@on(ApprovalDecided)
def carry_out_catalogue(event: ApprovalDecided) -> None:
    """What a catalogue entry promised begins when it was approved."""
    asked = Asked.objects.select_related("version__entry", "item").filter(item=event.item_id, begun_at=None).first()
    if asked is not None and event.outcome == "approved":
        promised_steps.carry_out(asked, at=event.at)


@catalogue.provide
def catalogue_entries() -> list[tuple[str, str]]:
    """What promises and rules may name of the catalogue."""
    from .models import CatalogueEntry

    return [(entry.key, entry.label) for entry in CatalogueEntry.objects.filter(archived_at=None)]
