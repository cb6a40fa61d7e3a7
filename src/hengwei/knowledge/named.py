"""Who of those whom the department serves is named in a text."""

from __future__ import annotations

from django.db.models import F, TextField, Value
from django.db.models.functions import Length

from hengwei.org.models import Customer, User

#: So much of a text is looked through.
MOST = 30_000


def names_in(text: str) -> list[str]:
    """Names of requesters and of companies that stand in the text; colleagues of the desk may be named."""
    words = Value(text[:MOST], output_field=TextField())
    if not text.strip():
        return []
    people = User.objects.filter(is_agent=False).alias(words=words, long=Length("name")).filter(words__contains=F("name"), long__gt=1)
    companies = Customer.objects.filter(kind=Customer.Kind.COMPANY).alias(words=words, long=Length("name")).filter(words__contains=F("name"), long__gt=1)
    return [*people.values_list("name", flat=True).distinct(), *companies.values_list("name", flat=True).distinct()]
