"""Refusals that are written down for readers who are not known yet."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language, override

from .errors import ActionError


class _TakenBack(Exception):
    """What was refused once and is not the next time is undone."""


def refusal(do: Callable[[], object]) -> dict[str, str]:
    """Do it in a savepoint of its own; nothing where it was done, else why it was refused, in each language.

    An action puts its refusal into the words of the language it runs in. A refusal leaves nothing behind, so it is
    asked for again in each other language.
    """
    try:
        with transaction.atomic():
            do()
    except ActionError as error:
        said = {get_language() or settings.LANGUAGE_CODE: str(error)}
        for code, _name in settings.LANGUAGES:
            if code not in said:
                with override(code):
                    said[code] = _again(do) or str(error)
        return said
    return {}


def _again(do: Callable[[], object]) -> str:
    try:
        with transaction.atomic():
            do()
            raise _TakenBack
    except ActionError as error:
        return str(error)
    except _TakenBack:
        return ""
