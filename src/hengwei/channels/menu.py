"""The bell, and what is set up now and then."""

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import SettingsEntry, register_corner, register_setting

from . import permissions as perms
from .pages.notices import BELL

register_corner(BELL)
for _entry in (
    SettingsEntry("mailboxes", _("Mailboxes"), _("Addresses of the department: where mail is read and sent, and what became of each message."), "mail", "channels:mailboxes", perms.CONFIGURE, "channels", 10),
    SettingsEntry("wording", _("Words of mails and notices"), _("What they say, in both languages, with a preview."), "file-text", "channels:templates", perms.CONFIGURE, "channels", 20),
    SettingsEntry("my_notices", _("What reaches me"), _("Which events, by which way, at which hours."), "bell", "channels:choose", "", "channels", 30),
    SettingsEntry("notice_channels", _("Chat and SMS"), _("WeCom, DingTalk, Feishu, Slack and SMS: your own, and the groups of teams."), "message", "channels:notice_channels", "", "channels", 40),
    SettingsEntry("webhooks", _("Webhooks"), _("Other programs are told of what happens to items."), "webhook", "channels:webhooks", perms.CONFIGURE, "channels", 50),
    SettingsEntry("deliveries", _("Deliveries"), _("What webhooks sent, what was answered; send again."), "send", "channels:deliveries", perms.CONFIGURE, "channels", 55),
    SettingsEntry("hooks", _("Incoming webhooks and chat"), _("Alarms, other systems and chat robots open and update items."), "plug-connected", "channels:hooks", perms.CONFIGURE, "channels", 60),
    SettingsEntry("calls", _("Calls received"), _("What other programs sent, and what became of it."), "plug-connected", "channels:calls", perms.CONFIGURE, "channels", 65),
):
    register_setting(_entry)
