"""What a person answers for in this room: regulations kept, clauses attested and corrected."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengwei.org.handing import holds, set_field

from .models import Binding, Regulation

holds("regulations", _("Regulations kept"), of=lambda person, until: Regulation.objects.none() if until else Regulation.objects.filter(owner=person, archived_at=None), give=set_field("owner"), order=130)
for _key, _title in (("attester", _("Clauses to attest")), ("corrector", _("Clauses to correct"))):
    holds(
        f"{_key}s", _title, give=set_field(_key), order=140, shown=lambda binding: binding.regulation,
        of=lambda person, until, key=_key: Binding.objects.none() if until else Binding.objects.filter(removed_at=None, **{key: person}).select_related("regulation"),  # type: ignore[misc]
    )
