"""The wording of mails and notices: both languages side by side, with a preview, back to the built-in one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hengwei.channels import permissions as perms
from hengwei.channels import wording
from hengwei.channels.actions import templates
from hengwei.channels.composing import filled_in, values
from hengwei.channels.models import MailTemplate
from hengwei.channels.notice_words import CHOICES, TO_OTHERS, WORDS, chat_text, sentence
from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError, Message
from hengwei.core.filling import fill
from hengwei.org.models import User
from hengwei.work.models import WorkItem

#: What each place stands for.
MEANING: dict[str, Message] = {
    "number": gettext_lazy("number of the item"), "title": gettext_lazy("its title"), "person": gettext_lazy("who reads it"), "requester": gettext_lazy("who asked"),
    "actor": gettext_lazy("who did it"), "team": gettext_lazy("its team"), "owner": gettext_lazy("who handles it"), "state": gettext_lazy("its state"),
    "due": gettext_lazy("when the next promise falls due"), "text": gettext_lazy("the words that were written"), "solution": gettext_lazy("the solution"),
    "link": gettext_lazy("address of its page"), "reason": gettext_lazy("why"), "priority": gettext_lazy("its priority"), "description": gettext_lazy("its description"),
    "action": gettext_lazy("what one can do with a click"), "name": gettext_lazy("name of what it is about, where that is no item"), "count": gettext_lazy("how many"),
    "what": gettext_lazy("the sentence under the bell"),
}
_ALL: dict[str, Message] = {**TO_OTHERS, **CHOICES, "letter": gettext_lazy("To people: a letter of the product")}


def _keeper(request: HttpRequest) -> User:
    user = signed_in(request)
    if not user.may(perms.CONFIGURE):
        raise Http404
    return user


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Every mail and notice, and which of them the department words itself."""
    _keeper(request)
    own = set(MailTemplate.objects.values_list("event", "language"))
    rows = [
        {"event": event, "label": _ALL.get(event, event), "languages": [(name, (event, code) in own) for code, name in settings.LANGUAGES]}
        for event in wording.BUILT_IN
    ]
    return render(request, "channels/templates.html", {"rows": rows})


@login_required
def edit(request: HttpRequest, event: str) -> HttpResponse:
    """One event's wording in both languages."""
    user = _keeper(request)
    if event not in wording.BUILT_IN:
        raise Http404
    own = {row.language: row for row in MailTemplate.objects.filter(event=event)}
    sides: list[dict[str, Any]] = []
    status = 200
    saved = request.method == "POST"
    for code, name in settings.LANGUAGES:
        built_in = wording.built_in(event, code)
        row = own.get(code)
        texts = {"subject": row.subject, "body": row.body, "short": row.short} if row else {"subject": built_in.subject, "body": built_in.body, "short": ""}
        errors: dict[str, str] = {}
        if request.method == "POST":
            texts = {field: request.POST.get(f"{code}:{field}", "") for field in texts}
            try:
                templates.save_template(event, code, by=current(), **texts)
            except ActionError as error:
                errors, status, saved = {error.field or "body": str(error)}, 422, False
        sides.append({"code": code, "name": name, "own": row is not None, "texts": texts, "errors": errors, "short": wording.SHORT[code][1] if event in WORDS else ""})
    if saved:
        messages.success(request, _("Saved."))
        return redirect("channels:template", event)
    return render(request, "channels/template.html", {
        "event": event, "label": _ALL.get(event, event), "sides": sides, "places": MEANING.items(), "chat": event in WORDS, "reader": user,
    }, status=status)


@login_required
@require_POST
def reset(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """Back to the built-in wording."""
    _keeper(request)
    templates.reset_template(event, language, by=current())
    messages.success(request, _("The built-in wording is used again."))
    return redirect("channels:template", event)


@login_required
@require_POST
def preview(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """What the words in the form would look like, with the newest item that the reader may see."""
    user = _keeper(request)
    if event not in wording.BUILT_IN or language not in dict(settings.LANGUAGES):
        raise Http404
    item = WorkItem.objects.visible_to(user).with_people().order_by("-id").first()
    with translation.override(language):
        params = {"actor": user.name, "step": "percent_75", "measure": "resolution", "name": "…", "count": 3, "reason": "…", "text": _("(the words that were written)")}
        found = values(item, reader=user, params=params, event=event, text=str(params["text"]))
        subject, text = filled_in(request.POST.get(f"{language}:subject", ""), request.POST.get(f"{language}:body", ""), found)
        short = request.POST.get(f"{language}:short", "")
        if event in WORDS:
            found["what"] = sentence(event, params)[1]
            chat = fill(short, found) if short.strip() else chat_text(event, item=item, params=params, reader=user, language=language)
        else:
            chat = ""
    return render(request, "channels/template_preview.html", {"subject": f"[{item.number}] {subject}" if item else subject, "text": text, "chat": chat})
