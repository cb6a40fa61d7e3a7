"""How people come in: by user name or e-mail; nobody makes an account for himself."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAdapter(DefaultAccountAdapter):
    """Accounts are made by the department, not by visitors."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
