"""How the history tells automation rules."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hengwei.core.history import Teller, tells
from hengwei.work import facts
from hengwei.work.history_words import conditions

from .automation import deeds
from .automation import forms as rule_forms
from .automation.models import AutomationRule
from .pages.automation import details_of

tells(AutomationRule, "conditions")(conditions)


@tells(AutomationRule, "deeds")
def what_it_does() -> Teller:
    """Each deed with what it names."""
    def lines(value: Any) -> list[str]:
        known = [one for one in value if one.get("do") in deeds.DEEDS]
        return [_("%(field)s: %(values)s") % {"field": deeds.DEEDS[one["do"]].label, "values": said} if (said := details_of(one)) else str(deeds.DEEDS[one["do"]].label) for one in known]

    return lines


@tells(AutomationRule, "options")
def what_it_waits_for() -> Teller:
    """What of the event is asked: which fact changed, to which phase, which score, which outcome."""
    def said(name: str, value: Any) -> str:
        if name == "phase":
            return str(facts.PHASES.get(value, value))
        if name == "score":
            return "★" * int(value)
        field = rule_forms.RuleForm.base_fields.get(name)
        return str(dict(getattr(field, "choices", ())).get(value, value))

    return lambda value: [said(name, one) for name, one in value.items() if one not in (None, "")]
