"""What the sign-in page offers."""

from __future__ import annotations

from django import template

from hengwei.org.models import IdentityProvider

register = template.Library()


@register.simple_tag
def identity_providers() -> list[IdentityProvider]:
    """The providers in use."""
    return list(IdentityProvider.objects.filter(active=True))
