"""What a new installation begins with, and the sample company: each room's share, from the ground up."""

from __future__ import annotations

import random
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hengwei.core.sample import is_sample, mark_as_sample
from hengwei.core.search import learn_words
from hengwei.org.models import User

#: The same sample company every time, dated relative to today.
SEED = 20260101


def _each(module: str) -> list[Any]:
    found = [f"{room}.{module}" for room in settings.ROOMS]
    found.insert(found.index(f"hengwei.work.{module}") + 1, f"hengwei.work.clocks.{module}")
    return [import_module(name) for name in found if find_spec(name) is not None]


@transaction.atomic
def install() -> None:
    """Roles, calendars, the general agreement: what is missing of it, never over what a company made of it."""
    for module in _each("seed"):
        module.install()


@transaction.atomic
def install_sample() -> bool:
    """The sample company, in a database without people; returns whether it was made."""
    if User.objects.exists():
        return False
    rng, now = random.Random(SEED), timezone.now().replace(microsecond=0)
    for module in _each("demo"):
        module.load(rng, now)
    learn_words()
    mark_as_sample()
    return True


def sample_accounts() -> list[tuple[str, str, str]]:
    """User name, password, and who it is; empty unless this database was made by the sample."""
    from hengwei.org import demo

    return demo.accounts() if is_sample() else []
