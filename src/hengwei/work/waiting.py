"""What waits for a person, as numbers beside the words of the rail."""

from __future__ import annotations

from django.utils import timezone

from hengwei.org.models import User

from .models import ApprovalVote

#: Nobody works by a larger number.
COUNTED = 100


def approvals_for(user: User) -> int:
    """How many decisions the person is asked for now."""
    return ApprovalVote.objects.waiting_for(user, timezone.now())[:COUNTED].count()
