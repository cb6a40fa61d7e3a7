"""The facts of each kind beside an item, and what its page's forms do (problem, change, complaint, suggestion, major incident, macros)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hengwei.core.acting import Actor, current
from hengwei.core.asked import chosen
from hengwei.core.errors import NotFound, Refused
from hengwei.core.i18n import listed
from hengwei.desk import answers as answers
from hengwei.desk import customer_page as customer_page
from hengwei.desk import permissions as perms
from hengwei.desk.actions import changes, complaints, macros, majors, problems, suggestions
from hengwei.desk.models import (
    Asked,
    Change,
    Complaint,
    Freeze,
    GuestRequest,
    Incident,
    Macro,
    Problem,
    Rating,
    Suggestion,
)
from hengwei.org.models import Team, User
from hengwei.ui.kit.picking import picked
from hengwei.work import permissions as work
from hengwei.work.asides import menu, panel, verb
from hengwei.work.models import WorkItem
from hengwei.work.pages import offered


def _card(name: str, item: WorkItem, request: HttpRequest, **values: Any) -> str:
    by = current()
    return render_to_string(f"desk/cards/{name}.html", {"item": item, "may_work": by.may(work.WORK), **values}, request)


# --- what is shown -----------------------------------------------------------------------------------------------


@panel("incident", order=10)
def major_and_problem(item: WorkItem, request: HttpRequest) -> str:
    """Whether it is a major incident, and the problem behind it with its workaround."""
    own = Incident.objects.select_related("root_problem").get(pk=item.pk)
    by = current()
    reports = WorkItem.objects.filter(parent=item.pk).open().count() if own.major else 0
    return _card("incident", item, request, own=own, may_major=by.may(perms.MAJOR), may_link=by.may(work.LINK), reports=reports)


@panel("problem", order=10)
def problem_facts(item: WorkItem, request: HttpRequest) -> str:
    """Root cause, workaround, incidents."""
    incidents = Incident.objects.filter(root_problem=item.pk).order_by("-id")
    return _card("problem", item, request, own=Problem.objects.get(pk=item.pk), incidents=incidents[:20], count=incidents.count(), open=incidents.open().count(), may_link=current().may(work.LINK))


@panel("change", order=10)
def change_facts(item: WorkItem, request: HttpRequest) -> str:
    """The plan, its times, and what it collides with."""
    own = Change.objects.get(pk=item.pk)
    hits = []
    for hit in changes.collisions_of(own):
        freeze = Freeze.objects.filter(pk=int(hit.other.removeprefix("freeze:"))).first() if hit.freeze else None
        hits.append({"hit": hit, "freeze": freeze, "other": None if hit.freeze else WorkItem.objects.filter(number=hit.other).first()})
    return _card("change", item, request, own=own, hits=hits, risks=Change.Risk.choices, editable=own.state in ("new", "planned"))


@panel("complaint", order=10)
def complaint_facts(item: WorkItem, request: HttpRequest) -> str:
    """About whom, why, whether justified, what is done, the consent."""
    own = Complaint.objects.select_related("about_team", "about_person", "consent_by").get(pk=item.pk)
    return _card(
        "complaint", item, request, own=own, causes=Complaint.Cause.choices, teams=offered.teams(request))


@panel("suggestion", order=10)
def suggestion_facts(item: WorkItem, request: HttpRequest) -> str:
    """What was decided."""
    own = Suggestion.objects.select_related("decided_by").get(pk=item.pk)
    return _card("suggestion", item, request, own=own, outcomes=Suggestion.Outcome.choices, may_decide=current().may(perms.DECIDE))


@panel(order=5)
def unconfirmed(item: WorkItem, request: HttpRequest) -> str:
    """A request of somebody who was not signed in."""
    guest = GuestRequest.objects.filter(item=item.pk).first()
    return _card("guest", item, request, guest=guest) if guest is not None else ""


@panel(order=8)
def ordered(item: WorkItem, request: HttpRequest) -> str:
    """Which entry of the catalogue was asked for, in the version that holds for the item."""
    asked = Asked.objects.select_related("version__entry").filter(item=item.pk).first() if item.catalogue_key else None
    return _card("ordered", item, request, version=asked.version, may_design=current().may(perms.CATALOGUE)) if asked is not None else ""


@panel(order=90)
def verdict(item: WorkItem, request: HttpRequest) -> str:
    """The verdict, and the calls that are owed."""
    rating = Rating.objects.filter(item=item.pk).first()
    owed = list(item.follow_ups.select_related("owner", "plan").order_by("due_at")[:5])
    return _card("verdict", item, request, rating=rating, owed=owed) if rating or owed else ""


@menu
def macros_for(item: WorkItem, request: HttpRequest) -> str:
    """The macros that fit, each one press away; those with a key also by `m` and that key."""
    user = request.user
    found = Macro.objects.usable_by(user).for_kind(item.kind) if user.is_authenticated and item.phase != "closed" else []  # type: ignore[arg-type]
    return _card("macros", item, request, macros=found) if found else ""


def _told(count: int) -> str:
    return ngettext("%(n)d requester was told.", "%(n)d requesters were told.", count) % {"n": count}


# --- what the forms do -------------------------------------------------------------------------------------------


def _moment(post: Any, name: str) -> datetime | None:
    text = post.get(name, "").strip()
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise Refused(_("This is no date and time."), code="invalid", field=name)
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _items(post: Any, name: str, by: Actor) -> list[WorkItem]:
    """The items whose numbers were typed, apart by spaces or commas."""
    numbers = post.get(name, "").replace("，", " ").replace(",", " ").replace("、", " ").split()
    rows = WorkItem.objects.visible_to(by.user) if by.user else WorkItem.objects.all()
    try:
        return [rows.by_number(number) for number in numbers]
    except NotFound as error:
        raise Refused(error.message, code="unknown", field=name) from None


def _names(text: str) -> list[str]:
    return [one.strip()[:120] for one in text.replace("，", ",").replace("、", ",").split(",") if one.strip()]


@verb("macro")
def run_macro(item: WorkItem, by: Actor, post: Any) -> str:
    """Run a macro."""
    macro = Macro.objects.filter(pk=chosen(post, "macro")).first()
    if macro is None:
        raise Refused(_("This macro does not exist any more."), code="unknown", field="macro")
    macros.run(macro, item, by=by)
    return _("Done: %(name)s.") % {"name": macro.label}


@verb("problem")
def save_problem(item: WorkItem, by: Actor, post: Any) -> str:
    """Root cause and workaround."""
    problems.describe(item, by=by, root_cause=post.get("root_cause", ""), workaround=post.get("workaround", ""))
    return _("Saved.")


@verb("link-incidents")
def link_incidents(item: WorkItem, by: Actor, post: Any) -> str:
    """Link incidents by their numbers."""
    linked = problems.link_incidents(item, _items(post, "numbers", by), by=by)
    return _("%(n)d incidents linked.") % {"n": len(linked)}


@verb("tell-incidents")
def tell_incidents(item: WorkItem, by: Actor, post: Any) -> str:
    """The same words to the requesters of all open incidents."""
    told, refused = problems.tell_incidents(item, by=by, text=post.get("text", ""))
    return _told(told) + (" " + _("Refused: %(numbers)s") % {"numbers": listed(refused)} if refused else "")


@verb("root-problem")
def set_problem(item: WorkItem, by: Actor, post: Any) -> str:
    """Say which problem is behind an incident; open one where none is named; none where it is taken away."""
    if post.get("unlink"):
        problems.unlink_incident(item, by=by)
        return _("Saved.")
    named = _items(post, "number", by)
    if named:
        problems.link_incidents(named[0], [item], by=by)
        return _("Linked with %(number)s.") % {"number": named[0].number}
    return _("Problem opened: %(number)s.") % {"number": problems.open_problem([item], by=by).number}


@verb("change-plan")
def save_plan(item: WorkItem, by: Actor, post: Any) -> str:
    """Plan, way back, times, systems, risk."""
    changes.plan(
        item, by=by, plan=post.get("plan", "").strip(), back_out=post.get("back_out", "").strip(), risk=post.get("risk", "medium"),
        planned_start=_moment(post, "planned_start"), planned_end=_moment(post, "planned_end"), systems=_names(post.get("systems", "")),
    )
    return _("Saved.")


@verb("complaint")
def save_complaint(item: WorkItem, by: Actor, post: Any) -> str:
    """About whom, why, whether justified, what is done."""
    complaints.examine(
        item, by=by, about_team=Team.objects.filter(pk=chosen(post, "about_team")).first(), about_person=User.objects.filter(pk=picked(post, "about_person", "org.staff")).first(),
        cause_kind=post.get("cause_kind", ""), justified={"1": True, "0": False}.get(post.get("justified", "")), measures=post.get("measures", "").strip(),
    )
    return _("Saved.")


@verb("consent")
def save_consent(item: WorkItem, by: Actor, post: Any) -> str:
    """How the customer agreed to the closing."""
    complaints.record_consent(item, by=by, words=post.get("words", ""))
    return _("The consent is on record.")


@verb("decide-suggestion")
def save_decision(item: WorkItem, by: Actor, post: Any) -> str:
    """Decide on a suggestion and answer."""
    suggestions.decide(item, by=by, outcome=post.get("outcome", ""), decision=post.get("decision", ""))
    return _("Decided and answered.")


@verb("major")
def major(item: WorkItem, by: Actor, post: Any) -> str:
    """Declare, update or revoke a major incident."""
    deed = post.get("deed", "declare")
    if deed == "revoke":
        majors.revoke(item, by=by, why=post.get("why", ""))
        return _("No major incident any more.")
    if deed == "update":
        done = majors.update(item, by=by, text=post.get("text", ""), public_words=post.get("public_words"))
        return _told(done["told"])
    majors.declare(item, by=by, words=post.get("public_words", ""))
    return _("Declared as major incident.")
