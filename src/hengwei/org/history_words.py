"""How the history tells what groups of an identity provider mean here."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hengwei.core.history import Teller, tells

from .models import Directory, IdentityProvider, Role, Team


@tells(IdentityProvider, "groups")
@tells(Directory, "groups")
def groups() -> Teller:
    """A group, and the role and team that it gives."""
    roles, teams = ({row.key: row.label for row in model.objects.all()} for model in (Role, Team))

    def lines(value: Any) -> list[str]:
        return [
            _("%(field)s: %(values)s") % {"field": one.get("group", ""), "values": _(", ").join(filter(None, [roles.get(one.get("role"), one.get("role", "")), teams.get(one.get("team"), one.get("team", ""))]))}
            for one in value
        ]

    return lines
