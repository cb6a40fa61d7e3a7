"""A message of ours as RFC 5322 bytes: wording, threading, marks, files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from hengwei.core.filling import fill
from hengwei.core.i18n import clauses, in_line
from hengwei.org.models import User
from hengwei.work.models import Attachment, Measure, WorkItem

from . import signing, together, wording
from .models import InboundMessage, Mailbox, MailTemplate, OutboundMessage
from .reading.quoting import REPLY_ABOVE

#: Attachments beyond this are left in the portal and named with a link.
FILES_AT_MOST = 15 * 2**20
#: Events that speak to the requester's side.
TO_REQUESTER = {"received", "reply", "resolved", "cancelled", "too_large"}


class Link(NamedTuple):
    """Something the receiver can do with one click."""

    label: str
    url: str


_offers: dict[str, list[Callable[[WorkItem], list[Link]]]] = {}


def offers(event: str) -> Callable[[Callable[[WorkItem], list[Link]]], Callable[[WorkItem], list[Link]]]:
    """Register what the mails of an event offer to click: rooms above hang their links in here."""

    def register(function: Callable[[WorkItem], list[Link]]) -> Callable[[WorkItem], list[Link]]:
        _offers.setdefault(event, []).append(function)
        return function

    return register


_fillers: dict[str, Callable[[OutboundMessage], dict[str, str]]] = {}


def fills(event: str) -> Callable[[Callable[[OutboundMessage], dict[str, str]]], Callable[[OutboundMessage], dict[str, str]]]:
    """Register what a room above puts into the places of its own event's wording; asked when the message is made, never kept."""

    def register(function: Callable[[OutboundMessage], dict[str, str]]) -> Callable[[OutboundMessage], dict[str, str]]:
        _fillers[event] = function
        return function

    return register


def compose(row: OutboundMessage, mailbox: Mailbox, to: list[str], cc: list[str]) -> EmailMessage:
    """The message as it goes out."""
    item = row.item
    reader = row.user or (item.requester if item else None)
    with translation.override(language_of(row, reader)):
        subject, text, links = words(row, reader)
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(mailbox.name, addr_spec=mailbox.address)
        message["To"] = [Address(addr_spec=address) for address in to]
        if cc:
            message["Cc"] = [Address(addr_spec=address) for address in cc]
        message["Subject"] = f"[{item.number}] {subject}" if item else subject
        message["Date"] = format_datetime(row.created_at)
        message["Message-ID"] = f"<{row.message_id}>"
        _thread(message, row)
        message[signing.LOOP_HEADER] = signing.loop_mark()
        if item is not None and mailbox.plus_addressing and row.event in TO_REQUESTER:
            message["Reply-To"] = signing.plus_address(mailbox.address, item.pk)
        if row.automatic:
            message["Auto-Submitted"] = "auto-generated"
            message["X-Auto-Response-Suppress"] = "All"
            message["Precedence"] = "bulk"
        files, left = _files(row)
        context = {
            "text": text, "links": links, "item": item, "mailbox": mailbox, "left": left, "site": settings.SITE_URL,
            "marker": f"{REPLY_ABOVE} [{item.number}]" if item and row.event in TO_REQUESTER else "",
        }
        message.set_content(render_to_string("channels/mail.txt", context).strip() + "\n", cte="base64")
        message.add_alternative(render_to_string("channels/mail.html", context), subtype="html", cte="base64")
        for name, content_type, content in files:
            main, _slash, sub = content_type.partition("/")
            message.add_attachment(content, maintype=main, subtype=sub or "octet-stream", filename=name)
    return message


def language_of(row: OutboundMessage, reader: User | None) -> str:
    """The reader's language, else the customer's, else the installation's."""
    if reader is not None:
        return reader.language
    return row.item.customer.language if row.item and row.item.customer else settings.LANGUAGE_CODE


def words(row: OutboundMessage, reader: User | None) -> tuple[str, str, list[Link]]:
    """(subject, text, links) of a message in the language that is active."""
    item = row.item
    links = [link for function in _offers.get(row.event, []) for link in function(item)] if item else []
    language = translation.get_language() or settings.LANGUAGE_CODE
    template = MailTemplate.objects.filter(event=row.event, language=language).first()
    built_in = wording.built_in(row.event, language)
    filled = values(item, reader=reader, params=row.params, event=row.event, text=row.entry.text if row.entry else "")
    if row.event in _fillers:
        filled |= _fillers[row.event](row)
    return *filled_in(template.subject if template else built_in.subject, template.body if template else built_in.body, filled), links


def filled_in(subject: str, body: str, found: dict[str, str]) -> tuple[str, str]:
    """(subject, text) with their places filled; lines that came out empty do not pile up."""
    lines = [line.rstrip() for line in fill(body, found).split("\n")]
    text = "\n".join(line for i, line in enumerate(lines) if line or (i and lines[i - 1]))
    return " ".join(fill(subject, found).split())[:900], text.strip()


def values(item: WorkItem | None, *, reader: User | None, params: dict[str, Any], event: str = "", text: str = "") -> dict[str, str]:
    """What the places of a wording stand for, in the language that is active."""
    found = dict.fromkeys(wording.PLACES, "")
    found |= {"person": reader.name if reader else "", "text": text, "link": settings.SITE_URL + str((params or {}).get("url", ""))}
    if item is not None:
        found |= {
            "number": item.number, "title": item.title, "requester": str(item.requester or ""), "team": str(item.team or ""), "owner": str(item.owner or _("nobody")),
            "state": str(item.state_of.label), "due": _due(item.due_at), "solution": item.solution, "link": f"{settings.SITE_URL}{item.get_absolute_url()}",
            "priority": str(item.get_priority_display()) if item.priority else "", "description": item.description[:1500],
        }
    found |= {key: in_line(value) for key, value in params.items() if key in wording.PLACES}
    if event == "escalated":
        found["reason"] = steps_in_words(params)
    return found


def steps_in_words(params: dict[str, Any]) -> str:
    """What the steps of an escalation say that came together: of each promise how it stands."""
    return clauses(dict.fromkeys(step_words(str(one.get("step", "")), str(one.get("measure", "")), str(one.get("reason", ""))) for one in together.newest(params)))


def step_words(step: str, measure: str, reason: str = "") -> str:
    """What a step of an escalation says, in the language that is active; of one that a person took, why."""
    if step == "by_hand":
        return _("reported upwards: %(reason)s") % {"reason": reason}
    promise = str(Measure(measure).label) if measure in Measure.values else _("the promise")
    if step.startswith("percent_"):
        return _("%(share)s%% of the time for %(promise)s is used up") % {"share": step.removeprefix("percent_"), "promise": promise}
    return (_("%(promise)s is overdue") if step == "breach" else _("%(promise)s is still overdue")) % {"promise": promise}


def _due(at: datetime | None) -> str:
    if at is None:
        return ""
    return _("Next due: %(at)s") % {"at": timezone.localtime(at).strftime("%Y-%m-%d %H:%M")}


def _thread(message: EmailMessage, row: OutboundMessage) -> None:
    """In-Reply-To and the whole chain of References of what was exchanged on the item with this side."""
    if row.item is None:
        parent = row.params.get("in_reply_to", "")
        if parent:
            message["In-Reply-To"] = message["References"] = f"<{parent}>"
        return
    ours = OutboundMessage.objects.filter(item=row.item, pk__lt=row.pk, user=row.user).exclude(message_id="")
    chain = [(sent.created_at, sent.message_id) for sent in ours.order_by("id")[:200]]
    parent = ""
    if row.user is None:
        received = InboundMessage.objects.filter(item=row.item, entry__public=True).exclude(message_id="").order_by("id")[:200]
        theirs = [(one.created_at, one.message_id) for one in received if " " not in one.message_id]
        chain += theirs
        parent = theirs[-1][1] if theirs else ""
    ids = [one for _at, one in sorted(chain)]
    if not ids:
        return
    message["In-Reply-To"] = f"<{parent or ids[-1]}>"
    # The first and the newest: a line has its limits (RFC 5322 2.1.1), and a reader threads by any of them.
    message["References"] = " ".join(f"<{one}>" for one in dict.fromkeys([ids[0], *ids[-18:]]))


def _files(row: OutboundMessage) -> tuple[list[tuple[str, str, bytes]], list[Attachment]]:
    """The entry's files; those that are too much for a mail are named only."""
    if row.entry is None or not row.entry.public or row.event != "reply":
        return [], []
    found, left, total = [], [], 0
    for attachment in row.entry.attachments.select_related("file"):
        total += attachment.file.size
        if total > FILES_AT_MOST:
            left.append(attachment)
            continue
        with default_storage.open(attachment.file.path) as file:
            found.append((attachment.name, attachment.file.content_type, file.read()))
    return found, left
