"""A password that was had before is not chosen again; when it was set is known."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import UsedPassword, User
from .policy import policy


class NotUsedBefore:
    """One of Django's password validators."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for one of the last passwords of the person."""
        most = policy().passwords_remembered
        if user is None or user.pk is None or not most:
            return
        hashes = list(UsedPassword.objects.filter(user=user).order_by("-at", "-id").values_list("hash", flat=True)[:most])
        if user.has_usable_password() and user.password not in hashes:
            hashes.append(user.password)
        if any(check_password(password, one) for one in hashes):
            raise ValidationError(_("You had this password before. Please choose another."), code="used_before")

    def password_changed(self, password: str, user: Any = None) -> None:
        """Django tells of a password that was stored."""
        if user is None or user.pk is None:
            return
        UsedPassword.objects.create(user=user, hash=user.password)
        old = UsedPassword.objects.filter(user=user).order_by("-at", "-id").values_list("pk", flat=True)[max(policy().passwords_remembered, 1) :]
        UsedPassword.objects.filter(pk__in=list(old)).delete()
        user.password_changed_at, user.must_change_password = timezone.now(), False
        User.objects.filter(pk=user.pk).update(password_changed_at=user.password_changed_at, must_change_password=False)

    def get_help_text(self) -> str:
        """What the page says beside the field."""
        most = policy().passwords_remembered
        return ngettext("None of the last %(n)d password.", "None of the last %(n)d passwords.", most) % {"n": most} if most else ""
