"""What one may do with the department's channels."""

from django.utils.translation import gettext_lazy as _

from hengwei.core.permissions import declare

CONFIGURE = declare("channels.configure", _("Set up mailboxes and see what became of every message"), roles=("system_admin", "manager"))
RESEND = declare("channels.resend", _("Send a message again"), roles=("agent", "lead", "manager"))
