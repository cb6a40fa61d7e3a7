"""The portal of people who are not signed in, where the department allows it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from hengwei.core.errors import ActionError, Refused
from hengwei.desk.actions import catalogue, guests
from hengwei.desk.promises import promised
from hengwei.work.models import Entry, WorkItem

from .asking import answers_of, form_context


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def ask(request: HttpRequest, key: str = "") -> HttpResponse:
    """A request by e-mail address; the confirmation goes there."""
    if request.user.is_authenticated:
        return redirect("desk:ask_entry", key=key) if key else redirect("desk:ask")
    guests.allowed()
    entry = catalogue.offered(key, None) if key else None
    error: ActionError | None = None
    if request.method == "POST":
        try:
            item = _take(request, entry)
            return render(request, "desk/guest_sent.html", {"item": item, "email": request.POST.get("email", "")}, status=201)
        except ActionError as refusal:
            error = refusal
    return render(request, "desk/guest_ask.html", {
        **form_context(request, entry, error), "promise": promised(entry, None, timezone.now(), request.POST.get("kind", "incident")), "guest": True,
    }, status=error.status if error else 200)


def _take(request: HttpRequest, entry: object) -> WorkItem:
    from hengwei.desk.models import CatalogueEntry

    if request.POST.get("website"):
        # A field that nobody sees: only machines fill it in.
        raise Refused(_("Please try again."), code="machine")
    chosen = entry if isinstance(entry, CatalogueEntry) else None
    uploads = request.FILES.getlist("upload")[: guests.FILES_AT_MOST]
    return guests.ask(
        email=request.POST.get("email", ""), name=request.POST.get("name", ""), title=request.POST.get("title", ""), description=request.POST.get("description", ""),
        kind=request.POST.get("kind", "incident"), entry=chosen, answers=answers_of(chosen.published, request.POST) if chosen and chosen.published else None,
        files=[(one.name or "file", one.read()) for one in uploads], language="en" if (translation.get_language() or "").startswith("en") else "zh-hans", address=_address(request),
    )


def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm by the link of the mail. Opening it shows a button, pressing it counts: mail scanners open links too."""
    if request.method == "POST":
        item = guests.confirm(token)
        return redirect("desk:guest_status", token=guests.status_token(item))
    item = guests.of_confirmation(token)
    return render(request, "desk/guest_confirm.html", {"item": item})


def status(request: HttpRequest, token: str) -> HttpResponse:
    """Where one request stands, and room for more words, by a signed link."""
    error: ActionError | None = None
    if request.method == "POST":
        try:
            guests.add_words(token, text=request.POST.get("text", ""), address=_address(request))
            return redirect(request.path)
        except ActionError as refusal:
            error = refusal
    item = guests.of_status(token)
    words = [entry for entry in Entry.objects.of(item).filter(public=True).select_related("author") if entry.has_words]
    guest = getattr(item, "guest", None)
    return render(request, "desk/guest_status.html", {"item": item, "words": words, "error": error, "unconfirmed": guest is not None and guest.confirmed_at is None}, status=422 if error else 200)
