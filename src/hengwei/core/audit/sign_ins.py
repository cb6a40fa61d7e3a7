"""Sign-ins and what protects them, as Django and allauth tell of them."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from hengwei.core.acting import Actor, Via

from .recording import record


def _actor(request: Any, user: Any) -> Actor:
    way: Via = "web" if request is not None else "system"
    return Actor(user=user, via=way, address=request.META.get("REMOTE_ADDR", "") if request is not None else "")


@receiver(user_logged_in)
def signed_in(sender: Any, request: Any, user: Any, **_more: Any) -> None:
    record("sign_in", by=_actor(request, user), details=_agent(request))


@receiver(user_logged_out)
def signed_out(sender: Any, request: Any, user: Any, **_more: Any) -> None:
    if user is not None:
        record("sign_out", by=_actor(request, user))


@receiver(user_login_failed)
def failed(sender: Any, credentials: dict[str, Any], request: Any = None, **_more: Any) -> None:
    tried = str(credentials.get("username") or credentials.get("email") or "")
    record("sign_in.failed", by=_actor(request, None), name=tried, details=_agent(request))


@receiver([password_changed, password_set, password_reset])
def changed(sender: Any, request: Any, user: Any, **_more: Any) -> None:
    record("password.changed", by=_actor(request, user), subject=user)


@receiver([authenticator_added, authenticator_reset])
def added(sender: Any, request: Any, user: Any, authenticator: Any, **_more: Any) -> None:
    record("second_step.added", by=_actor(request, user), subject=user, details={"kind": authenticator.type})


@receiver(authenticator_removed)
def removed(sender: Any, request: Any, user: Any, authenticator: Any, **_more: Any) -> None:
    record("second_step.removed", by=_actor(request, user), subject=user, details={"kind": authenticator.type})


def _agent(request: Any) -> dict[str, Any]:
    return {"browser": request.headers.get("User-Agent", "")[:200]} if request is not None else {}
