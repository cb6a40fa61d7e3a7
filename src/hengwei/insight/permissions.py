"""Who may read and keep reports."""

from django.utils.translation import gettext_lazy as _

from hengwei.core.permissions import declare

VIEW = declare("insight.view", _("See reports and analyses"), roles=("lead", "manager", "auditor"))
WRITE = declare("insight.write", _("Write support reports"), roles=("lead", "manager"))
PUBLISH = declare("insight.publish", _("Publish support reports"), roles=("manager",))
