"""Words kept ready."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual
from hengwei.org.models import Team, User

__all__ = ["CannedReply", "Macro"]


def _usable(user: User) -> Q:
    """A person's own, those of his teams, and those of everyone."""
    return Q(owner=user) | Q(owner=None, team=None) | Q(team__in=user.team_ids)


class CannedReplyQuerySet(models.QuerySet["CannedReply"]):
    def usable_by(self, user: User) -> Self:
        return self.filter(_usable(user), archived_at=None)

    def like(self, typed: str) -> Self:
        """Those in whose name or text this stands: names that begin with it first, then names that have it."""
        named = Q(name__icontains=typed) | Q(name_en__icontains=typed)
        place = Case(When(Q(name__istartswith=typed) | Q(name_en__istartswith=typed), then=0), When(named, then=1), default=2)
        return self.filter(named | Q(text__icontains=typed) | Q(text_en__icontains=typed)).order_by(place, "name", "id")

    def kept_by(self, user: User) -> Self:
        """Those that the person may see in the settings: usable by him, put away or not."""
        return self.filter(_usable(user))


class MacroQuerySet(models.QuerySet["Macro"]):
    def usable_by(self, user: User) -> Self:
        return self.filter(_usable(user), archived_at=None)

    def for_kind(self, kind: str) -> Self:
        """Offered for items of the kind: those that name it, and those that name none."""
        return self.filter(Q(kinds=[]) | Q(kinds__contains=[kind]))

    def kept_by(self, user: User) -> Self:
        return self.filter(_usable(user))


@history.tracked()
class CannedReply(Bilingual):
    """A reply kept ready: one's own, a team's, or everyone's. Variables: see replies.VARIABLES."""

    text = models.TextField(_("text"))
    text_en = models.TextField(_("English text"), blank=True, default="")
    owner = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="canned_replies", verbose_name=_("only for"))
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="canned_replies", verbose_name=_("team"))
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    objects = CannedReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("canned reply")
        ordering = ["name", "id"]
        constraints = [models.CheckConstraint(condition=Q(owner=None) | Q(team=None), name="canned_reply_one_scope")]


@history.tracked(leave_out=["used"])
class Macro(Bilingual):
    """Several changes and words at once: one's own, a team's, or everyone's. `steps` is what macros.check takes."""

    kinds = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("for these kinds"))
    #: Pressed on an item's page after `m`: one small letter or digit.
    key = models.CharField(_("key after m"), max_length=1, blank=True, default="")
    steps: Any = models.JSONField(_("steps"), default=list)
    owner = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="macros", verbose_name=_("only for"))
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="macros", verbose_name=_("team"))
    used = models.PositiveIntegerField(_("times used"), default=0)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    objects = MacroQuerySet.as_manager()

    class Meta:
        verbose_name = _("macro")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(owner=None) | Q(team=None), name="macro_one_scope"),
            models.CheckConstraint(condition=Q(key="") | Q(key__regex="^[a-z0-9]$"), name="macro_key_plain"),
        ]
        indexes = [models.Index(fields=["name", "id"])]
