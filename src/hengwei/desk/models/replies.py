"""Words kept ready."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual
from hengwei.org.models import Team, User

__all__ = ["CannedReply"]


class CannedReplyQuerySet(models.QuerySet["CannedReply"]):
    def usable_by(self, user: User) -> Self:
        """A person's own, those of his teams, and those of everyone."""
        return self.filter(Q(owner=user) | Q(owner=None, team=None) | Q(team__in=user.team_ids))


@history.tracked()
class CannedReply(Bilingual):
    """A reply kept ready: one's own, a team's, or everyone's. Variables: see replies.VARIABLES."""

    text = models.TextField(_("text"))
    text_en = models.TextField(_("English text"), blank=True, default="")
    owner = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="canned_replies", verbose_name=_("only for"))
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="canned_replies", verbose_name=_("team"))

    objects = CannedReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("canned reply")
        ordering = ["name", "id"]
        constraints = [models.CheckConstraint(condition=Q(owner=None) | Q(team=None), name="canned_reply_one_scope")]
