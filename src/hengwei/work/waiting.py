"""What waits for a person, as numbers beside the words of the rail."""

from __future__ import annotations

from django.utils import timezone

from hengwei.org.models import User

from .models import ApprovalVote, Callback

#: Nobody works by a larger number.
COUNTED = 100


def approvals_for(user: User) -> int:
    """How many decisions the person is asked for now."""
    return ApprovalVote.objects.waiting_for(user, timezone.now())[:COUNTED].count()


def callbacks_for(user: User) -> int:
    """How many promised calls of the person are due."""
    return Callback.objects.owed().filter(owner=user, due_at__lte=timezone.now())[:COUNTED].count()
