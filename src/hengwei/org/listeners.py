"""What the audit log calls the doings of this room."""

from django.utils.translation import gettext_lazy as _

from hengwei.core.audit import ACTIONS

ACTIONS["sign_in.refused"] = _("sign-in refused")
ACTIONS["sign_in.joined"] = _("account joined with a provider")
ACTIONS["sign_in.unlocked"] = _("account unlocked")
ACTIONS["export.person"] = _("personal data handed out")
