"""The words for impact, urgency and priority: 1 is the highest."""

from django.utils.translation import gettext_lazy as _

NAMES = {1: _("critical"), 2: _("high"), 3: _("medium"), 4: _("low")}
