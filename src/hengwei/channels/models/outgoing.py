"""What all things have in common that leave the house by a server which may be slow, away, or refuse.

A row is wished for in the transaction that causes it. It is then *claimed* with a lease in a short transaction, sent
with no transaction and no connection held, and the result is *recorded* if the claim is still ours. Killed in between, the
row is claimed anew once its lease has run out: at most doubled, never lost.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _


class OutgoingQuerySet(models.QuerySet[Any]):
    """Claims and what was left lying."""

    def claim(self, pk: int, *, at: datetime, seconds: int) -> Any:
        """The row, locked and marked as ours for so many seconds; None when it is not to be sent now, or another has it.

        Call it in a transaction and commit before sending.
        """
        rows = self.select_for_update(skip_locked=True, of=("self",)).filter(Q(status=Outgoing.Status.QUEUED) | Q(status=Outgoing.Status.SENDING, leased_until__lt=at), pk=pk)
        row = rows.first()
        if row is None or (row.send_after and row.send_after > at):
            return None
        row.status, row.leased_until = Outgoing.Status.SENDING, at + timedelta(seconds=seconds)
        row.attempts += 1
        return row

    def still_mine(self, row: Outgoing) -> Any:
        """The row, locked, if the claim under which it was sent still holds; None when another claimed it meanwhile."""
        return self.select_for_update(of=("self",)).filter(pk=row.pk, status=Outgoing.Status.SENDING, attempts=row.attempts).first()

    def left_lying(self, at: datetime) -> Self:
        """What waits though its job is gone, and what a process that died had claimed."""
        late = at - timedelta(minutes=2)
        waiting = Q(status=Outgoing.Status.QUEUED, created_at__lt=late) & (Q(send_after=None) | Q(send_after__lt=late))
        return self.filter(waiting | Q(status=Outgoing.Status.SENDING, leased_until__lt=at)).order_by("id")


class Outgoing(models.Model):
    """Something on its way out."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("on its way")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not sent")
        STOPPED = "stopped", _("not to be sent")
        BOUNCED = "bounced", _("came back")

    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.QUEUED)
    reason = models.CharField(max_length=500, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    send_after = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def can_be_sent_again(self) -> bool:
        return self.status in (self.Status.FAILED, self.Status.BOUNCED, self.Status.STOPPED)

    @property
    def waits_for_another_attempt(self) -> bool:
        """It failed once at least and is tried again by itself at `send_after`."""
        return self.status == self.Status.QUEUED and self.attempts > 0

    @property
    def status_words(self) -> str:
        """Its state in words; what waits for its next attempt is not 'on its way'."""
        return _t("waits for its next attempt") if self.waits_for_another_attempt else self.get_status_display()
