"""The bell: what a person should know, and which of it by mail."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hengwei.channels.actions import notices
from hengwei.channels.bundles import bundled
from hengwei.channels.models import Notice, NoticeChannel
from hengwei.channels.notice_words import CHOICES, sentence
from hengwei.core.acting import current
from hengwei.core.asked import chosen, signed_in
from hengwei.core.i18n import clauses
from hengwei.core.rest import keyset
from hengwei.org.models import User
from hengwei.ui.menu import Corner

SHOWN = 50
WAYS = ("mail", "chat")

def unread(user: User) -> int:
    """How many lines the person has not seen; counted up to 100 notices."""
    return len(bundled(Notice.objects.filter(user=user, read_at=None).only("item_id", "event", "at").order_by("-id")[:100]))


BELL = Corner("bell", gettext_lazy("Notices"), "bell", "channels:notices", "channels:notices_count", unread)


@login_required
def bell(request: HttpRequest) -> HttpResponse:
    """The newest notices; older ones by page."""
    user = signed_in(request)
    page = keyset(Notice.objects.filter(user=user).select_related("item"), cursor=request.GET.get("cursor", ""), limit=SHOWN)
    shown = []
    for line in bundled(page["items"]):
        # Of each promise the newest says how it stands.
        newest = {notice.params.get("measure", ""): notice for notice in reversed(line)}
        said = [sentence(notice.event, notice.params) for notice in reversed(newest.values())]
        shown.append({
            "notice": line[0], "icon": said[0][0], "words": clauses(dict.fromkeys(words for _icon, words in said)), "count": len(line),
            "new": any(notice.read_at is None for notice in line),
        })
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
        return redirect(notice.params.get("url") or "channels:notices")
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
    """Which events reach me, by which way, and when."""
    user = signed_in(request)
    if request.method == "POST":
        sent = {event: {"bell": f"{event}:bell" in request.POST, **{way: request.POST.get(f"{event}:{way}", "never") for way in WAYS}} for event in notices.DEFAULTS}
        hours = {**{name: request.POST.get(name, "") for name in ("quiet_from", "quiet_until", "digest", "digest_at")},
                 "working_only": "working_only" in request.POST, "digest_day": chosen(request.POST, "digest_day")}
        notices.choose(user, by=current(), events=sent, hours=hours)
        messages.success(request, _("Saved."))
        return redirect("channels:choose")
    rows: list[dict[str, Any]] = []
    for event in notices.DEFAULTS:
        bell, mail, chat = notices.wants(user, event)
        rows.append({"event": event, "label": CHOICES[event], "bell": bell, "ways": [("mail", _("by mail"), mail), ("chat", _("by chat or SMS"), chat)]})
    return render(request, "channels/choose.html", {
        "rows": rows, "hours": notices.hours_of(user), "whens": [("now", _("at once")), ("digest", _("in the digest")), ("never", _("never"))],
        "digests": [("hourly", _("every hour")), ("daily", _("every day")), ("weekly", _("every week"))], "days": [(n, WEEKDAYS[n]) for n in range(7)],
        "channels": NoticeChannel.objects.filter(user=user, active=True).count(),
    })
