"""What stands between a person who signed in and the pages: a password that is due, a second step that is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.rest import problem

from .models import User
from .policy import policy

#: What remains open: one's own account, and what every page needs.
OPEN = ("/account/", "/static/", "/language", "/theme", "/live", "/healthz", "/readyz", "/metrics")


def password_is_due(user: User) -> bool:
    """Whether the person must choose another password now: it was given to him, or it is too old."""
    if user.source or not user.has_usable_password():
        return False
    days = policy().password_days
    since = user.password_changed_at or user.created_at
    return user.must_change_password or (days > 0 and since + timedelta(days=days) < timezone.now())


def step_is_missing(user: User) -> bool:
    """Whether the department demands a second step that the person has not set up."""
    if not policy().second_step_for_staff or not user.is_agent or user.source.startswith("oidc:"):
        return False
    return not Authenticator.objects.filter(user=user).exists()


class Due:
    """Lead the person to what is due before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated or request.path.startswith(OPEN):
            return self.get_response(request)
        if password_is_due(user):
            return self._lead(request, "account_change_password", _("Your password is due: please choose a new one."))
        if step_is_missing(user):
            return self._lead(request, "mfa_index", _("Your department asks for a second step: please set one up."))
        return self.get_response(request)

    @staticmethod
    def _lead(request: HttpRequest, url_name: str, said: str) -> HttpResponse:
        if request.path.startswith("/api/"):
            return problem(status=403, title=said, code="due")
        messages.warning(request, said)
        return redirect(url_name)
