"""The bell: what a person should know, and which of it by mail."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hengwei.channels.actions.notices import DEFAULTS, wants
from hengwei.channels.composing import step_words
from hengwei.channels.models import Notice
from hengwei.core.asked import signed_in
from hengwei.core.errors import Message
from hengwei.core.rest import keyset
from hengwei.org.models import User
from hengwei.ui.menu import Corner

SHOWN = 50
#: event -> (icon, words). `%(actor)s` and `%(what)s` are filled in.
WORDS: dict[str, tuple[str, Message]] = {
    "assigned": ("user-check", gettext_lazy("%(actor)s assigned it to you")), "team_assigned": ("users", gettext_lazy("came to your team, nobody has it yet")),
    "answered": ("message", gettext_lazy("%(actor)s wrote")), "mentioned": ("at", gettext_lazy("%(actor)s mentioned you")), "chased": ("flame", gettext_lazy("the requester urges")),
    "escalated": ("alert-triangle", gettext_lazy("%(what)s")), "reopened": ("arrow-back-up", gettext_lazy("%(actor)s reopened it")),
    "quota": ("mail-off", gettext_lazy("too much mail to %(address)s: automatic mail is held for an hour")),
    "chain": ("repeat", gettext_lazy("rules set each other off; stopped after %(rules)s")),
    "approval": ("rubber-stamp", gettext_lazy("%(actor)s asks for your approval")), "approval_done": ("rubber-stamp", gettext_lazy("the approval ended: %(reason)s")),
    "approval_stuck": ("alert-triangle", gettext_lazy("no approver found: %(reason)s")),
}
CHOICES: dict[str, Message] = {
    "assigned": gettext_lazy("Work is assigned to me"), "team_assigned": gettext_lazy("Unassigned work comes to my team"), "answered": gettext_lazy("The requester answers"),
    "mentioned": gettext_lazy("A colleague mentions me"), "chased": gettext_lazy("The requester urges"), "escalated": gettext_lazy("A promise runs out"),
    "reopened": gettext_lazy("What I solved is reopened"), "quota": gettext_lazy("Mail is held because there is too much of it"),
    "chain": gettext_lazy("Automation rules set each other off"),
    "approval": gettext_lazy("My approval is asked"), "approval_done": gettext_lazy("An approval that I asked for ends"), "approval_stuck": gettext_lazy("An approver cannot be found"),
}


def unread(user: User) -> int:
    """How many notices the person has not seen; counted up to 100."""
    return Notice.objects.filter(user=user, read_at=None)[:100].count()


BELL = Corner("bell", gettext_lazy("Notices"), "bell", "channels:notices", "channels:notices_count", unread)


def words_of(notice: Notice) -> tuple[str, str]:
    """(icon, sentence) of a notice."""
    icon, words = WORDS[notice.event]
    params = notice.params
    what = step_words(params.get("step", ""), params.get("measure", "")) if notice.event == "escalated" else ""
    return icon, str(words) % {"actor": params.get("actor") or _("Somebody"), "what": what, "address": params.get("address", ""), "rules": "、".join(params.get("rules", [])), "reason": params.get("reason", "")}


@login_required
def bell(request: HttpRequest) -> HttpResponse:
    """The newest notices; older ones by page."""
    user = signed_in(request)
    page = keyset(Notice.objects.filter(user=user).select_related("item"), cursor=request.GET.get("cursor", ""), limit=SHOWN)
    shown = [{"notice": notice, "icon": icon, "words": words} for notice in page["items"] for icon, words in (words_of(notice),)]
    return render(request, "channels/notices.html", {"rows": shown, "next": page["next"], "unread": unread(user)})


@login_required
def count(request: HttpRequest) -> HttpResponse:
    """The bell with its number, for the open page."""
    return render(request, "ui/corner.html", {"corner": BELL, "count": unread(signed_in(request))})


@login_required
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to what it is about; it is read then, and so are the others about the same item."""
    notice = Notice.objects.filter(user=signed_in(request), pk=pk).select_related("item").first()
    if notice is None:
        raise Http404
    Notice.objects.filter(user=notice.user, read_at=None).filter(**({"item": notice.item} if notice.item else {"pk": pk})).update(read_at=timezone.now())
    if notice.item is None:
        return redirect("channels:notices")
    entry = notice.params.get("entry")
    return redirect(f"{notice.item.get_absolute_url()}{f'#entry-{entry}' if entry else ''}")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """All are read."""
    Notice.objects.filter(user=signed_in(request), read_at=None).update(read_at=timezone.now())
    return redirect("channels:notices")


@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """Which events reach me, and how."""
    user = signed_in(request)
    if request.method == "POST":
        user.preferences["notices"] = {event: {way: f"{event}:{way}" in request.POST for way in ("bell", "mail")} for event in DEFAULTS}
        user.save(update_fields=["preferences"])
        messages.success(request, _("Saved."))
        return redirect("channels:choose")
    rows: list[dict[str, Any]] = [{"event": event, "label": CHOICES[event], "bell": wants(user, event)[0], "mail": wants(user, event)[1]} for event in DEFAULTS]
    return render(request, "channels/choose.html", {"rows": rows})
