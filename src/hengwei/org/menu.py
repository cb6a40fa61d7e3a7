"""Customers in the rail; the rest under Settings."""

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import MenuEntry, SettingsEntry, register, register_setting

from . import permissions as perms

register(MenuEntry("customers", _("Customers"), "building", "org:customers", perms.VIEW_CUSTOMERS, 40))
for _entry in (
    SettingsEntry("people", _("People"), _("Staff and those who ask: accounts, teams, skills, superior."), "users", "org:people", perms.VIEW_PEOPLE, "people", 10),
    SettingsEntry("structure", _("The department"), _("Teams as a tree: who leads, who belongs, who is away."), "sitemap", "org:structure", perms.VIEW_PEOPLE, "people", 20),
    SettingsEntry("posts", _("Posts and duties"), _("Duty sheets, published and confirmed by who holds the post."), "id-badge-2", "org:posts", perms.VIEW_PEOPLE, "people", 30),
    SettingsEntry("absences", _("Absences"), _("Leave and travel, who stands in, hand-over in one step."), "beach", "org:absences", perms.VIEW_PEOPLE, "people", 40),
    SettingsEntry("rotas", _("Rotas"), _("Who is on duty when; asked by automatic assignment."), "calendar-user", "org:rotas", perms.VIEW_PEOPLE, "people", 50),
    SettingsEntry("skills", _("Skills"), _("What engineers can do."), "certificate", "org:skills", perms.VIEW_PEOPLE, "people", 60),
    SettingsEntry("roles", _("Roles and rights"), _("Who may do what."), "shield", "org:roles", perms.VIEW_PEOPLE, "people", 70),
    SettingsEntry("sign_in", _("Rules of signing in"), _("Lock-out, earlier passwords, expiry, second step."), "lock", "org:sign_in_policy", perms.SECURE_SIGN_IN, "system", 20),
    SettingsEntry("providers", _("Single sign-on"), _("OpenID Connect: the company account opens this desk, too."), "login-2", "org:providers", perms.SECURE_SIGN_IN, "system", 30),
    SettingsEntry("directories", _("Directories (LDAP, AD)"), _("Sign-in and people from the company directory."), "address-book", "org:directories", perms.SECURE_SIGN_IN, "system", 40),
):
    register_setting(_entry)
