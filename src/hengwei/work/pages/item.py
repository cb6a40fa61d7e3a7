"""One work item: read it, answer, lead it on. Every form of the page posts here and gets the page's body back."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengwei.core.acting import Actor, current
from hengwei.core.asked import chosen, signed_in
from hengwei.core.errors import ActionError, NotFound, Refused
from hengwei.core.files import files_of, grants
from hengwei.core.live import announce
from hengwei.core.models import StoredFile
from hengwei.org import permissions as org
from hengwei.org.models import Team, User
from hengwei.ui.kit.picking import picked
from hengwei.work import permissions as perms
from hengwei.work.actions import assignment, conversation, drafts, family, progress, relations, triage
from hengwei.work.actions.steps import make_step
from hengwei.work.asides import add_footers, menu_for, panels_for, verbs
from hengwei.work.clocks import engine, rules
from hengwei.work.models import (
    Attachment,
    Category,
    Closure,
    Draft,
    Entry,
    Level,
    Presence,
    Relation,
    Seen,
    WaitingFor,
    WorkItem,
)
from hengwei.work.workflow import Phase

from . import offered
from .narrowing import choices, narrowing_of

#: Somebody who was heard of within this time is looking at the item.
PRESENT_SECONDS = 45
#: Entries shown at once; older ones are fetched when asked for.
SHOWN = 200

#: A reply waits this long before anything of it is seen outside, so that it can be taken back.
UNDO_SECONDS = 8


@grants
def _through_items(user: Any, file: StoredFile) -> bool:
    """A file may be read by whoever sees the item it hangs on; an internal one only by staff."""
    held = Attachment.objects.filter(file=file, item__in=WorkItem.objects.visible_to(user))
    return held.exists() if user.may(perms.WORK) or user.may(perms.VIEW_ALL) else held.filter(public=True).exists()


def find(request: HttpRequest, number: str) -> WorkItem:
    """The item of the address, if its reader may see it; else it does not exist."""
    try:
        return WorkItem.objects.visible_to(signed_in(request)).with_people().select_related("merged_into", "parent", "site").by_number(number)
    except NotFound as error:
        raise Http404(str(error)) from None


@login_required
def show(request: HttpRequest, number: str) -> HttpResponse:
    """The page, one of its parts, or its body for the pane beside a list. Requesters get the portal's form of it."""
    item = find(request, number)
    parts = {"timeline": "work/timeline.html", "side": "work/side.html", "head": "work/head.html"}
    if not signed_in(request).is_agent:
        return render(request, parts.get(request.GET.get("part", ""), "work/portal_item.html"), context(request, item))
    template = parts.get(request.GET.get("part", ""), "work/item_body.html" if request.GET.get("pane") else "work/item.html")
    return render(request, template, context(request, item))


def context(request: HttpRequest, item: WorkItem, **more: Any) -> dict[str, Any]:
    """All that the item's page shows to this reader."""
    user = signed_in(request)
    by = current()
    narrowing = narrowing_of(request, item)
    entries = list(
        Entry.objects.of(item).visible_to(user).showing(narrowing.show, narrowing.of).select_related("author", "item")
        .prefetch_related(Prefetch("attachments", Attachment.objects.select_related("file"))).order_by("-happened_at", "-id")[:SHOWN]
    )[::-1]
    if user.is_agent:
        add_footers(item, entries, user)
    unread = _unread(item, entries, user, request)
    facts: dict[str, Any] = {
        "unread_from": unread, "item": item, "entries": entries, "steps": item.possible_transitions(by), "now": timezone.now(), "key": uuid.uuid4(),
        "road": _road(item), "mine": item.is_requester(user),
        "draft": SimpleLazyObject(lambda: Draft.objects.filter(item=item, user=user).first()), **more,
    }
    if user.is_agent:
        # Asked only where a template shows it, and once: a live update fetches one part of the page.
        children = item.children.order_by("id")[:50]
        facts |= {
            "hindered": SimpleLazyObject(lambda: progress.hindered(item, by=by)), "reports": SimpleLazyObject(lambda: len(family.reports_of(item)) if by.may(perms.WORK) and children else 0),
            "clocks": SimpleLazyObject(lambda: _clocks(item)),
            "panels": SimpleLazyObject(lambda: panels_for(item, request)), "menu_lines": SimpleLazyObject(lambda: menu_for(item, request)),
            "specific": SimpleLazyObject(lambda: item.specific()),
            "levels": Level.choices, "categories": Category.objects.filter(archived_at=None), "waiting_reasons": WaitingFor.choices,
            "closures": [(c.value, c.label) for c in (Closure.SOLVED, Closure.WORKAROUND, Closure.NOT_SOLVED)],
            "cancellings": [(c.value, c.label) for c in (Closure.CANCELLED, Closure.WITHDRAWN, Closure.DUPLICATE, Closure.SPAM)],
            "teams": SimpleLazyObject(lambda: offered.teams(request)),
            "relations": Relation.objects.filter(source=item).select_related("target"),
            "related_from": Relation.objects.filter(target=item).select_related("source"),
            "children": children, "merged": item.merged_items.order_by("id")[:50],
            "watchers": SimpleLazyObject(lambda: item.followers), "narrowing": narrowing,
            "history": WorkItem.objects.filter(requester=item.requester).exclude(pk=item.pk).order_by("-id")[:5] if item.requester_id else [],
            "files": Attachment.objects.filter(item=item).select_related("file").order_by("id")[:50],
            "may_work": by.may(perms.WORK), "may_classify": by.may(perms.CLASSIFY), "may_assign": by.may(perms.ASSIGN_OTHERS), "may_link": by.may(perms.LINK),
            "may_customers": by.may(org.VIEW_CUSTOMERS), "may_people": by.may(org.VIEW_PEOPLE),
        }
        facts["narrowings"] = SimpleLazyObject(lambda: choices(item, facts["merged"], narrowing))
    return facts


def _unread(item: WorkItem, entries: list[Entry], user: User, request: HttpRequest) -> int:
    """The first entry that this reader has not seen, where he has read before; and from now on he has seen all.

    A part of the page that is fetched anew keeps the mark that the page had.
    """
    now = timezone.now()
    before = Seen.objects.filter(item=item, user=user).values_list("seen_at", flat=True).first()
    Seen.objects.bulk_create([Seen(item=item, user=user, seen_at=now)], update_conflicts=True, update_fields=["seen_at"], unique_fields=["item", "user"])
    if request.GET.get("part"):
        return chosen(request.GET, "unread")
    if before is None:
        return 0
    return next((entry.pk for entry in entries if entry.created_at > before and entry.author_id != user.pk), 0)


def _road(item: WorkItem) -> list[dict[str, Any]]:
    """The phases of the drawn strip: passed, present, to come."""
    phases = list(Phase)
    at = phases.index(Phase(item.phase))
    road = []
    for state in item.workflow.phases():
        here = state.phase.value == item.phase
        road.append({
            "label": item.state_of.label if here else state.label, "now": here,
            "done": phases.index(state.phase) < at and state.phase is not Phase.WAITING,
        })
    return road


def _clocks(item: WorkItem) -> list[dict[str, Any]]:
    """Each promise with what is left of it in working time."""
    now, found = timezone.now(), []
    for clock in item.clocks.select_related("target", "calendar_version", "calendar_version__calendar").order_by("started_at", "id"):
        used = rules.used(engine.state_of(clock), engine.working_time_of(clock), now)
        left = clock.allowed - used
        share = min(100, round(used * 100 / clock.allowed, -1)) if clock.allowed else 100
        found.append({"clock": clock, "used": used, "left": left, "share": int(share), "over": left < 0})
    return found


# --- what the forms of the page do -------------------------------------------------------------------------------


def _moment(text: str, field: str) -> datetime | None:
    """A moment of a form in its reader's time zone; Refused when it is none."""
    if not text.strip():
        return None
    with suppress(ValueError):
        found = parse_datetime(text.strip())
        if found is not None:
            return found if timezone.is_aware(found) else timezone.make_aware(found)
    raise Refused(_("This is no date and time."), code="invalid", field=field)


def _version(post: Any) -> int | None:
    return int(post["version"]) if post.get("version", "").isdecimal() else None


def _key(post: Any) -> uuid.UUID | None:
    """The key of sending once, where the form has one that is one."""
    with suppress(ValueError):
        return uuid.UUID(post["key"]) if post.get("key") else None
    return None


def _say(item: WorkItem, by: Actor, post: Any) -> str:
    key = _key(post)
    files = files_of(post.getlist("files"), user=by.user)
    if post.get("mode") == "note":
        conversation.note(item, by=by, text=post.get("text", ""), files=files, key=key)
        return _("Noted. Only colleagues see it.")
    if post.get("mode") == "call":
        callback_at = _moment(post.get("callback_at", ""), "callback_at")
        with transaction.atomic():
            if key is None or drafts.once(key, item=item, user=by.user):
                conversation.log_call(
                    item, by=by, text=post.get("text", ""), files=files, inbound=post.get("inbound") == "1", reached=post.get("reached", "1") == "1", callback_at=callback_at,
                )
        return _("Call logged.")
    wait = post.get("then") == "pend"
    with transaction.atomic():
        said = conversation.reply(item, by=by, text=post.get("text", ""), files=files, key=key, hold_for=UNDO_SECONDS, then_wait=wait)
        if said is not None and post.get("reports"):
            told = family.answer_reports(item, by=by, text=post.get("text", ""), hold_for=UNDO_SECONDS, said=said)
            return _("Sent, and to %(n)d reports.") % {"n": sum(1 for one in told if one.error is None)}
    return _("Sent; then it waits for the customer.") if wait else _("Sent.")


def _take(item: WorkItem, by: Actor, post: Any) -> str:
    assignment.take(item, by=by)
    return _("It is yours now.")


def _assign(item: WorkItem, by: Actor, post: Any) -> str:
    owner = User.objects.staff().filter(pk=picked(post, "owner", "org.staff")).first()
    team = Team.objects.filter(pk=chosen(post, "team")).first()
    assignment.assign(item, by=by, owner=owner, team=team, reason=post.get("reason", ""))
    return _("Assigned to %(who)s.") % {"who": owner or team}


def _step(item: WorkItem, by: Actor, post: Any) -> str:
    facts = {name: post.get(name, "") for name in ("comment", "solution", "cause", "closure", "waiting_for")}
    if post.get("waiting_until"):
        facts["waiting_until"] = _moment(post["waiting_until"], "waiting_until")
    if post.get("remotely"):
        facts["resolved_remotely"] = post["remotely"] == "1"
    if post.get("category", "").isdecimal():
        triage.change(item, by=by, category=Category.objects.filter(pk=post["category"]).first())
    moved = make_step(item, post.get("transition", ""), by=by, version=None, **facts)
    if post.get("reports") and moved.phase == Phase.RESOLVED:
        solved = family.resolve_reports(moved, by=by, solution=facts["solution"], cause=facts["cause"])
        return _("Resolved, with %(n)d reports.") % {"n": sum(1 for one in solved if one.error is None)}
    if moved.pk != item.pk:
        return _("Continued as %(number)s.") % {"number": moved.number}
    return _("Now: %(state)s.") % {"state": moved.state_of.label}


def _change(item: WorkItem, by: Actor, post: Any) -> str:
    values: dict[str, Any] = {}
    for name in ("impact", "urgency", "priority"):
        if name in post:
            values[name] = int(post[name]) if post[name].isdecimal() else None
    if "category" in post:
        values["category"] = Category.objects.filter(pk=chosen(post, "category")).first()
    for name in ("title", "subject"):
        if name in post:
            values[name] = post[name]
    if "labels" in post:
        values["labels"] = [label.strip()[:40] for label in post["labels"].replace("，", ",").replace("、", ",").split(",") if label.strip()]
    triage.change(item, by=by, version=_version(post), **values)
    return _("Saved.")


def _chase(item: WorkItem, by: Actor, post: Any) -> str:
    progress.chase(item, by=by, text=post.get("text", ""))
    return _("We told whoever handles it.")


def _other(item: WorkItem, by: Actor, post: Any) -> WorkItem:
    number = post.get("other", "").strip()
    if not number:
        raise Refused(_("Please give the number of the other item."), code="missing", field="other")
    try:
        return WorkItem.objects.visible_to(by.user).by_number(number)  # type: ignore[arg-type]
    except NotFound as error:
        raise Refused(error.message, code="unknown", field="other") from None


def _link(item: WorkItem, by: Actor, post: Any) -> str:
    other = _other(item, by, post)
    how = post.get("how", "related")
    if how == "merge":
        relations.merge([item], into=other, by=by)
        return _("Merged into %(number)s.") % {"number": other.number}
    if how == "parent":
        relations.set_parent(item, other, by=by)
    else:
        relations.link(item, other, by=by, kind=how)
    return _("Linked with %(number)s.") % {"number": other.number}


def _unmerge(item: WorkItem, by: Actor, post: Any) -> str:
    relations.unmerge(item, by=by)
    return _("The merge is undone.")


def _split(item: WorkItem, by: Actor, post: Any) -> str:
    entry = Entry.objects.of(item).filter(pk=post.get("entry") or 0).first()
    if entry is None:
        raise Refused(_("This message does not exist."), code="unknown", field="entry")
    made = relations.split(entry, by=by, title=post.get("title") or item.title)
    return _("Split off as %(number)s.") % {"number": made.number}


VERBS: dict[str, Callable[[WorkItem, Actor, Any], str]] = {
    "say": _say, "take": _take, "assign": _assign, "step": _step, "change": _change, "chase": _chase, "link": _link, "unmerge": _unmerge, "split": _split,
}


@login_required
@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do one thing with the item. A refusal gives the page again, with the reason and everything that was typed."""
    item = find(request, number)
    do = VERBS.get(verb) or verbs.get(verb)
    if do is None:
        raise Http404
    error, said = None, ""
    try:
        said = do(item, current(), request.POST)
    except ActionError as refusal:
        error = refusal
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"title": str(error)}, status=error.status) if error else JsonResponse({"title": said})
    if error is None and not request.headers.get("HX-Request"):
        return redirect(item)
    item = find(request, number)
    staff = signed_in(request).is_agent
    body = "work/item_body.html" if request.headers.get("HX-Request") else "work/item.html"
    if not staff:
        body = "work/portal_body.html" if request.headers.get("HX-Request") else "work/portal_item.html"
    following = _next_after(request, item, verb, error)
    response = render(
        request, body, context(request, item, error=error, failed=verb if error else "", typed=request.POST if error else {}, said=said, following=following),
        status=error.status if error and error.status in (409, 422) else (422 if error else 200),
    )
    if said.startswith("{"):
        asked = json.loads(said)
        response["HX-Trigger"] = json.dumps({"hw:toast": asked["words"], "hw:open": asked["open"]})
    elif said:
        # Only once the page has settled: what can be undone is found there.
        undo = verb == "say" and staff and request.POST.get("mode") == "reply"
        response["HX-Trigger-After-Settle"] = json.dumps({"hw:toast": {"value": said, **({"undo": _undoing(item, user=signed_in(request))} if undo else {})}})
    return response


def _undoing(item: WorkItem, *, user: User) -> dict[str, Any]:
    """How the page's script offers to take the reply back that was just sent."""
    entry = item.entries.held().filter(author=user).order_by("-pk").first()
    return {"url": reverse("work:take_back", args=[item.number, entry.pk]), "word": _("Undo"), "seconds": UNDO_SECONDS} if entry is not None else {}


@login_required
@require_POST
def take_back(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Undo sending within the seconds of grace: the words are a draft again, and come back to the editor with their files."""
    item, user = find(request, number), signed_in(request)
    entry = item.entries.filter(pk=pk, author=user).first()
    if entry is None or not user.may(perms.WORK):
        raise Http404
    without_script = "text/html" in request.headers.get("Accept", "")
    try:
        with transaction.atomic():
            conversation.take_back(entry, by=current())
            drafts.save_draft(item, by=user, text=entry.text)
    except ActionError as refusal:
        if without_script:
            messages.error(request, str(refusal))
            return redirect(item)
        return JsonResponse({"title": str(refusal)}, status=refusal.status)
    if without_script:
        messages.success(request, _("Taken back. Your words are in the editor again."))
        return redirect(item)
    files = [{"id": str(one.file_id), "name": one.name} for one in entry.attachments.order_by("id")]
    return JsonResponse({"title": _("Taken back. Your words are in the editor again."), "text": entry.text, "files": files})


def _next_after(request: HttpRequest, item: WorkItem, verb: str, error: ActionError | None) -> WorkItem | None:
    """What to go on with, once an item is resolved or given away, without going back to the list."""
    from .queue import next_after

    user = signed_in(request)
    if error is not None or not user.is_agent or (verb not in ("step", "snooze") and not (verb == "assign" and item.owner_id != user.pk)):
        return None
    if verb == "step" and item.is_open:
        return None
    return next_after(user, item, timezone.now())


@login_required
@require_POST
def keep_draft(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what is being written; an empty text throws the draft away."""
    item, user = find(request, number), request.user
    text = request.POST.get("text", "")[:100_000]
    if text.strip():
        drafts.save_draft(item, by=user, text=text, mode=request.POST.get("mode", "reply")[:10], key=_key(request.POST))  # type: ignore[arg-type]
    else:
        drafts.discard_draft(item, by=user)  # type: ignore[arg-type]
    return HttpResponse(status=204)


@login_required
@require_POST
def presence(request: HttpRequest, number: str) -> HttpResponse:
    """Say that one is looking (and typing), hear who else is."""
    item, now = find(request, number), timezone.now()
    user = signed_in(request)
    if not user.is_agent:
        return HttpResponse(status=204)
    typing = request.POST.get("typing") == "1"
    before = Presence.objects.filter(item=item, user=user, seen_at__gt=now - timedelta(seconds=PRESENT_SECONDS)).values_list("typing", flat=True).first()
    Presence.objects.update_or_create(item=item, user=user, defaults={"seen_at": now, "typing": typing})
    if before != typing:
        announce(f"presence:{item.pk}")
    others = Presence.objects.filter(item=item, seen_at__gt=now - timedelta(seconds=PRESENT_SECONDS)).exclude(user=user).select_related("user")
    return render(request, "work/presence.html", {"others": others})
