"""How the history tells the parameters of a control."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hengwei.core.controls import every
from hengwei.core.history import Teller, tells

from .models import Binding


@tells(Binding, "params")
def parameters() -> Teller:
    """Each parameter by its label, with the label of what was chosen."""
    known = {param.name: param for control in every() for param in control.params}

    def lines(value: Any) -> list[str]:
        found = []
        for name, one in value.items():
            param = known.get(name)
            choices = {key: str(label) for key, label in param.choices} if param else {}
            found.append(_("%(field)s: %(values)s") % {"field": str(param.label) if param else name, "values": choices.get(one, one)})
        return found

    return lines
