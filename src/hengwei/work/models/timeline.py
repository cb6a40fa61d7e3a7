"""The timeline: what was said and done, append-only. A correction is a new entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from hengwei.core.i18n import in_mine
from hengwei.org.models import User
from hengwei.work import permissions as perms

from .items import WorkItem

if TYPE_CHECKING:
    pass

__all__ = ["Attachment", "Entry"]


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: User) -> Self:
        """Staff read all; everyone else what is public, what he wrote himself, and all of what was shared with him as a colleague."""
        if user.may(perms.VIEW_ALL) or user.may(perms.WORK):
            return self
        from .helping import Share

        inside = Share.objects.of(user).filter(as_colleague=True).values("item_id")
        return self.filter(models.Q(public=True) | models.Q(author=user) | models.Q(item__in=inside))

    def held(self) -> Self:
        """Replies within their seconds of undo: nobody outside knows of them yet."""
        return self.filter(held_until__isnull=False)

    def showing(self, show: str = "", number: str = "") -> Self:
        """Narrowed to `messages` (public words), `notes` (internal words) or `facts` (the rest), and to the item of a number."""
        words = models.Q(kind__in=Entry.WORDS)
        public = models.Q(public=True) | models.Q(held_until__isnull=False)
        wanted = {"messages": words & public, "notes": words & ~public, "facts": ~words}.get(show)
        rows = self if wanted is None else self.filter(wanted)
        return rows.filter(item__number=number) if number else rows

    def of(self, item: WorkItem) -> Self:
        """The timeline of an item, with that of every item merged into it."""
        # The ids at once: an OR over a subquery would read the whole table.
        merged = WorkItem.objects.filter(merged_into=item).values_list("pk", flat=True)
        return self.filter(item__in=[item.pk, *merged]).order_by("happened_at", "id")


class Entry(models.Model):
    """One thing said or done."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("recorded")
        COMMENT = "comment", _("comment")
        MESSAGE_IN = "message_in", _("message received")
        MESSAGE_OUT = "message_out", _("message sent")
        CALL = "call", _("telephone call")
        TRANSITION = "transition", _("state changed")
        ASSIGNMENT = "assignment", _("assigned")
        CHANGE = "change", _("facts changed")
        RELATION = "relation", _("linked")
        APPROVAL = "approval", _("approval")
        ESCALATION = "escalation", _("escalated")
        RATING = "rating", _("rated")
        AUTOMATION = "automation", _("automation")
        NOTICE = "notice", _("notice sent")
        SIGNATURE = "signature", _("signed")
        SHARING = "sharing", _("shared")
        HAND_OVER = "hand_over", _("question to colleagues")
        REMOTE = "remote", _("remote help")
        CHECKLIST = "checklist", _("checklist")

    #: Kinds that carry somebody's words; the rest are one-line facts.
    WORDS = (Kind.OPENED, Kind.COMMENT, Kind.MESSAGE_IN, Kind.MESSAGE_OUT, Kind.CALL)

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="entries", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind)
    public = models.BooleanField(_("the requester sees it"), default=False)
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    by_staff = models.BooleanField(default=False)
    via = models.CharField(max_length=12, default="web")
    text = models.TextField(blank=True, default="")
    #: Cleaned HTML where the words came as HTML; shown instead of `text`.
    html = models.TextField(blank=True, default="")
    #: What a mail quoted from before, folded on the page, never cut.
    quoted = models.TextField(blank=True, default="")
    details = models.JSONField(default=dict, blank=True)
    happened_at = models.DateTimeField()
    #: A reply is internal until this moment, so that it can be taken back; empty once it went out or was taken back.
    held_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["item", "happened_at", "id"], name="entry_timeline"),
            models.Index(fields=["held_until"], name="entry_held", condition=models.Q(held_until__isnull=False)),
        ]
        triggers = [
            pgtrigger.Protect(name="entry_append_only", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(
                "item", "kind", "author", "text", "html", "quoted", "happened_at")),
            # What is internal never comes out, but for a reply that was held from the beginning.
            pgtrigger.Protect(name="entry_stays_inside", operation=pgtrigger.Update, condition=pgtrigger.Q(old__public=False, new__public=True, old__held_until__isnull=True)),
            pgtrigger.Protect(name="entry_held_from_the_beginning", operation=pgtrigger.Update, condition=pgtrigger.Q(old__held_until__isnull=True, new__held_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.words[:80] or self.get_kind_display()

    @property
    def words(self) -> str:
        """What was said; of a fact that brought its words in each language, those in the reader's."""
        return self.text or in_mine(self.details.get("words") or self.details.get("reason", ""))

    @property
    def has_words(self) -> bool:
        return self.kind in self.WORDS


class Attachment(models.Model):
    """A file that came with an item or with one of its entries; as public as its entry."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="attachments")
    entry = models.ForeignKey(Entry, models.CASCADE, null=True, blank=True, related_name="attachments")
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    content_id = models.CharField(max_length=255, blank=True, default="")
    inline = models.BooleanField(default=False)
    public = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
