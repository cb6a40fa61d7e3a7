"""Answering a survey by its link, signed in or not."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from hengwei.core.errors import ActionError
from hengwei.desk import fields as form
from hengwei.desk import surveys as rules
from hengwei.desk.actions import surveys
from hengwei.desk.models import Campaign


def _questions(campaign: Campaign, sent: Any, errors: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    for question in campaign.questions:
        low, high = rules.RANGES.get(question["type"], (0, 0))
        given = sent.getlist(f"q_{question['key']}") if hasattr(sent, "getlist") else []
        found.append({
            **question, "label": form.label(question), "help": form.help_text(question), "choices": form.choices(question), "scale": [str(n) for n in range(low, high + 1)] if high else [],
            "given": given, "error": errors.get(question["key"], ""),
        })
    return found


def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The questions, in the language of who was asked; sending them counts once."""
    campaign, invitation, ticket = surveys.of_link(token)
    language = invitation.user.language if invitation and not request.user.is_authenticated else translation.get_language() or "zh-hans"
    error: ActionError | None = None
    done, now = False, timezone.now()
    if request.method == "POST":
        try:
            surveys.answer(campaign, {q["key"]: request.POST.getlist(f"q_{q['key']}") for q in campaign.questions}, invitation=invitation, ticket=ticket, at=now)
            done = True
        except ActionError as refusal:
            error = refusal
    over = campaign.state != Campaign.State.RUNNING or campaign.ends_at <= now
    with translation.override(language):
        return render(request, "desk/survey_answer.html", {
            "campaign": campaign, "error": error, "done": done or surveys.has_answered(campaign, invitation, ticket), "over": over,
            "questions": _questions(campaign, request.POST if error else {}, error.params.get("errors", {}) if error else {}),
        }, status=422 if error else 200)
