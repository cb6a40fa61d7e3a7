"""Notices in words: the sentence under the bell, the label of a choice, the lines of a chat message or digest."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengwei.core.errors import Message
from hengwei.core.filling import fill
from hengwei.core.i18n import colon, in_line
from hengwei.org.models import User
from hengwei.work.models import WorkItem

from . import wording
from .composing import steps_in_words, values
from .models import MailTemplate

#: event -> (icon, words). `%(actor)s` and its like are filled in.
WORDS: dict[str, tuple[str, Message]] = {
    "assigned": ("user-check", gettext_lazy("%(actor)s assigned it to you")), "team_assigned": ("users", gettext_lazy("came to your team, nobody has it yet")),
    "answered": ("message", gettext_lazy("%(actor)s wrote")), "mentioned": ("at", gettext_lazy("%(actor)s mentioned you")), "chased": ("flame", gettext_lazy("the requester urges")),
    "escalated": ("alert-triangle", gettext_lazy("%(what)s")), "reopened": ("arrow-back-up", gettext_lazy("%(actor)s reopened it")),
    "quota": ("mail-off", gettext_lazy("too much mail to %(address)s: automatic mail is held for an hour")),
    "chain": ("repeat", gettext_lazy("rules set each other off; stopped after %(rules)s")),
    "webhook": ("webhook-off", gettext_lazy("webhook '%(name)s' is paused: it has failed for a day (%(reason)s)")),
    "channel": ("message-off", gettext_lazy("notices by '%(name)s' do not arrive: %(reason)s")),
    "asked": ("arrows-exchange", gettext_lazy("%(actor)s asks you: %(reason)s")),
    "due": ("alarm", gettext_lazy("due now: %(reason)s")),
    "approval": ("rubber-stamp", gettext_lazy("%(actor)s asks for your approval")), "approval_done": ("rubber-stamp", gettext_lazy("the approval ended: %(reason)s")),
    "approval_stuck": ("alert-triangle", gettext_lazy("no approver found: %(reason)s")), "approval_late": ("alarm", gettext_lazy("approval not decided in time, waiting for %(reason)s")), "major": ("alert-octagon", gettext_lazy("%(actor)s declared a major incident")), "follow_up": ("phone-check", gettext_lazy("a follow-up is yours: %(reason)s")),
    "expiring": ("calendar-due", gettext_lazy("agreement '%(name)s' ends on %(reason)s and is not renewed")),
    "rule": ("robot", gettext_lazy("rule '%(name)s': %(reason)s")),
    "reading": ("eye-check", gettext_lazy("please read and acknowledge: %(name)s")),
    "review": ("calendar-due", gettext_lazy("the review of '%(name)s': %(reason)s")),
    "article": ("book-2", gettext_lazy("article '%(name)s': %(reason)s")),
}
#: What a person chooses of.
CHOICES: dict[str, Message] = {
    "assigned": gettext_lazy("Work is assigned to me"), "team_assigned": gettext_lazy("Unassigned work comes to my team"), "answered": gettext_lazy("The requester answers"),
    "mentioned": gettext_lazy("A colleague mentions me"), "chased": gettext_lazy("The requester urges"), "escalated": gettext_lazy("A promise runs out"),
    "reopened": gettext_lazy("What I solved is reopened"), "quota": gettext_lazy("Mail is held because there is too much of it"),
    "chain": gettext_lazy("Automation rules set each other off"), "webhook": gettext_lazy("A webhook fails for long"), "channel": gettext_lazy("A chat channel fails for long"),
    "asked": gettext_lazy("A colleague asks me something"),
    "due": gettext_lazy("Something I put off, or a promised call, is due"),
    "approval": gettext_lazy("My approval is asked"), "approval_done": gettext_lazy("An approval that I asked for ends"), "approval_stuck": gettext_lazy("An approver cannot be found"),
    "approval_late": gettext_lazy("An approval is not decided in time"),
    "expiring": gettext_lazy("An agreement that I keep ends"), "major": gettext_lazy("A major incident is declared"), "follow_up": gettext_lazy("A follow-up call is mine"),
    "rule": gettext_lazy("An automation rule tells me something"),
    "reading": gettext_lazy("A regulation waits for my acknowledgement"), "review": gettext_lazy("A review that I owe is due"),
    "article": gettext_lazy("Something happens to an article of mine, or waits for my review"),
}
#: What the requester's side gets, and the digest.
TO_OTHERS: dict[str, Message] = {
    "received": gettext_lazy("To the requester: received"), "reply": gettext_lazy("To the requester: a reply"), "resolved": gettext_lazy("To the requester: solved"),
    "cancelled": gettext_lazy("To the requester: cancelled"), "too_large": gettext_lazy("To a sender: the mail was too large"), "digest": gettext_lazy("Several notices in one"),
    "survey": gettext_lazy("To the person asked: a survey"), "survey_again": gettext_lazy("To the person asked: a reminder of a survey"),
}
#: What a team's group may be told.
OF_A_TEAM = ("team_assigned", "assigned", "answered", "chased", "escalated", "reopened")


def sentence(event: str, params: dict[str, Any]) -> tuple[str, str]:
    """(icon, sentence) of a notice, in the language that is active."""
    icon, words = WORDS[event]
    what = steps_in_words(params) if event == "escalated" else ""
    texts = {name: in_line(params.get(name, "")) for name in ("address", "name", "reason")}
    return icon, str(words) % {"actor": params.get("actor") or _("Somebody"), "what": what, "rules": in_line(params.get("rules", [])), **texts}


def chat_text(event: str, *, item: WorkItem | None, params: dict[str, Any], reader: User | None, language: str) -> str:
    """A notice as a chat message or SMS: the department's own wording, else the built-in one."""
    if event == "digest":
        return str(params.get("text", ""))
    with translation.override(language):
        own = MailTemplate.objects.filter(event=event, language=language).values_list("short", flat=True).first()
        filled = values(item, reader=reader, params=params, event=event)
        filled["what"] = sentence(event, params)[1]
        if item is None:
            filled["link"] = settings.SITE_URL + params.get("url", "")
        text = fill(own or wording.SHORT[language if language in wording.SHORT else "zh-hans"][item is not None], filled)
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def line(event: str, *, item: WorkItem | None, params: dict[str, Any]) -> str:
    """One line of a digest, in the language that is active."""
    words = sentence(event, params)[1]
    if item is None:
        return f"- {words}"
    return f"- {item.number} {item.title}{colon()}{words}\n  {settings.SITE_URL}{item.get_absolute_url()}"
