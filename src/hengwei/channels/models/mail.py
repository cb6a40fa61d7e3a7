"""Mailboxes, every message in and out, what is known of addresses, and how mails are worded."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.secrets import SecretField
from hengwei.org.models import Team, User
from hengwei.work.models import Entry, WorkItem

from .outgoing import Outgoing


@history.tracked(leave_out=["uidvalidity", "last_uid", "fetched_at", "fetch_error"], audited=True)
class Mailbox(models.Model):
    """An address of the department: where it is read, how it is sent from, to whom its mail goes."""

    class Security(models.TextChoices):
        TLS = "tls", "TLS"
        STARTTLS = "starttls", "STARTTLS"
        NONE = "none", _("none (a server of this machine only)")

    address = models.EmailField(_("address"))
    name = models.CharField(_("name shown to receivers"), max_length=120)
    active = models.BooleanField(_("in use"), default=True)
    default = models.BooleanField(_("sends what no other mailbox sends"), default=False)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="mailboxes", verbose_name=_("mail goes to"), help_text=_("Empty: by the rules of routing."))
    kind = models.CharField(_("becomes"), max_length=20, default="incident")

    imap_host = models.CharField(_("IMAP server"), max_length=253, blank=True, help_text=_("Empty: mail comes only by the built-in receiver or by import."))
    imap_port = models.PositiveIntegerField(_("port"), default=993)
    imap_security = models.CharField(_("encryption"), max_length=10, choices=Security, default=Security.TLS)
    imap_user = models.CharField(_("user"), max_length=200, blank=True)
    imap_password = SecretField(_("password"), blank=True, default="")
    imap_folder = models.CharField(_("folder"), max_length=200, default="INBOX")
    move_to = models.CharField(_("move what was read to"), max_length=200, blank=True, help_text=_("Empty: it stays, marked as seen."))
    uidvalidity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    fetched_at = models.DateTimeField(null=True, blank=True)
    fetch_error = models.CharField(max_length=500, blank=True)

    smtp_host = models.CharField(_("SMTP server"), max_length=253, blank=True, help_text=_("Empty: nothing is sent from here."))
    smtp_port = models.PositiveIntegerField(_("port"), default=465)
    smtp_security = models.CharField(_("encryption"), max_length=10, choices=Security, default=Security.TLS)
    smtp_user = models.CharField(_("user"), max_length=200, blank=True)
    smtp_password = SecretField(_("password"), blank=True, default="")

    use_reply_to = models.BooleanField(_("Reply-To names the person"), default=False, help_text=_("For forms of a web site, which send for others."))
    colleagues_may_join = models.BooleanField(_("people of the same customer may join its items"), default=True)
    plus_addressing = models.BooleanField(_("answers carry the item in the address (name+…@)"), default=False, help_text=_("Only where the server delivers name+anything@ to name@."))
    confirm_receipt = models.BooleanField(_("confirm every new item by mail"), default=True)
    trusted_server = models.CharField(_("server whose sender checks are believed"), max_length=253, blank=True, help_text=_("The name at the start of its Authentication-Results."))

    class Meta:
        verbose_name = _("mailbox")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(Lower("address"), name="mailbox_address"),
            models.UniqueConstraint("default", condition=Q(default=True), name="mailbox_one_default"),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2].lower()


class InboundMessage(models.Model):
    """A message that reached us: kept before it was understood."""

    class Status(models.TextChoices):
        KEPT = "kept", _("not read yet")
        DONE = "done", _("read")
        ASIDE = "aside", _("set aside")
        FAILED = "failed", _("could not be read")

    class Outcome(models.TextChoices):
        OPENED = "opened", _("opened an item")
        JOINED = "joined", _("joined an item")
        BOUNCE = "bounce", _("a delivery report")
        AUTOMATIC = "automatic", _("written by a machine")
        OURS = "ours", _("our own")
        DOUBLE = "double", _("received before")
        EMPTY = "empty", _("nothing in it")
        OVERSIZE = "oversize", _("too large")

    sha256 = models.CharField(max_length=64)
    #: The same message by another way has other bytes but the same fingerprint.
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    message_id = models.CharField(max_length=500, blank=True, default="")
    path = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    received_at = models.DateTimeField(_("received"))
    status = models.CharField(max_length=10, choices=Status, default=Status.KEPT)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    sender = models.CharField(_("from"), max_length=320, blank=True, default="")
    sender_name = models.CharField(max_length=200, blank=True, default="")
    subject = models.CharField(_("subject"), max_length=990, blank=True, default="")
    item = models.ForeignKey(WorkItem, models.SET_NULL, null=True, blank=True, related_name="messages_in")
    entry = models.ForeignKey(Entry, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    done_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("message received")
        # Said here and not with the field, where a second index for LIKE would come with it.
        constraints = [models.UniqueConstraint(fields=["sha256"], name="inbound_once")]
        indexes = [
            models.Index(fields=["message_id"], name="inbound_message_id"),
            # With the id: the first of several is asked for, and nothing else shall be read for it.
            models.Index(fields=["fingerprint", "id"], name="inbound_same"),
            models.Index(fields=["status", "id"], condition=~Q(status="done"), name="inbound_open"),
        ]

    def __str__(self) -> str:
        return self.subject or self.sha256[:12]


class InboundDelivery(models.Model):
    """How a message reached us: which mailbox, which place in it. The same place twice is the same delivery."""

    message = models.ForeignKey(InboundMessage, models.CASCADE, related_name="deliveries")
    mailbox = models.ForeignKey(Mailbox, models.SET_NULL, null=True, blank=True, related_name="deliveries")
    uidvalidity = models.BigIntegerField(null=True, blank=True)
    uid = models.BigIntegerField(null=True, blank=True)
    envelope_to = models.CharField(max_length=320, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "uidvalidity", "uid"], condition=Q(uid__isnull=False), name="delivery_place")]


class OutboundMessage(Outgoing):
    """A message of ours to one or more people, from the wish to send it to the server's word."""

    item = models.ForeignKey(WorkItem, models.CASCADE, null=True, blank=True, related_name="messages_out")
    entry = models.ForeignKey(Entry, models.SET_NULL, null=True, blank=True, related_name="sent_as")
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, null=True, blank=True, related_name="+")
    #: What it tells: reply, received, resolved, assigned, mentioned, chased, escalated …
    event = models.CharField(max_length=30)
    #: For one member of staff; empty for what goes to the requester's side.
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+")
    params = models.JSONField(default=dict, blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    message_id = models.CharField(max_length=300, blank=True, default="", db_index=True)
    subject = models.CharField(max_length=990, blank=True, default="")
    automatic = models.BooleanField(default=True)
    chain = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("message sent")
        indexes = [
            models.Index(fields=["item", "id"], name="outbound_item"),
            models.Index(fields=["status", "id"], condition=Q(status__in=("queued", "sending", "failed")), name="outbound_open"),
        ]

    def __str__(self) -> str:
        return f"{self.event}: {self.subject}"


class MailTally(models.Model):
    """One mail to one address about one item: what the quotas count (mail.md, Loops)."""

    address = models.CharField(max_length=320)
    item = models.ForeignKey(WorkItem, models.CASCADE, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["address", "at"], name="tally_address")]


class MailAddress(models.Model):
    """What we know of an address: that mail to it came back for good, or is being held."""

    address = models.CharField(max_length=320, unique=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, default="")
    #: Until when the quota holds automatic mail to it.
    held_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.address


@history.tracked(audited=True)
class MailTemplate(models.Model):
    """A department's own wording of one event's mail in one language; without one the built-in wording is used."""

    event = models.CharField(max_length=30)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"))
    #: The same for chat and SMS; empty for the built-in wording.
    short = models.TextField(_("for chat and SMS"), blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "language"], name="mail_template_once")]

    def __str__(self) -> str:
        return f"{self.event} ({self.language})"
