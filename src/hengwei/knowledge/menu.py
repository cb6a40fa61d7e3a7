"""The knowledge base in the rail, and what of it is set up."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import MenuEntry, SettingsEntry, register, register_setting

from . import permissions as perms

register(MenuEntry("knowledge", _("Knowledge base"), "book-2", "knowledge:home", perms.READ, 40))
register_setting(SettingsEntry(
    "kb_categories", _("Categories of articles"), _("The tree of the knowledge base, and for whom each branch is meant."), "folders", "knowledge:categories", perms.MANAGE, "knowledge", 10))
register_setting(SettingsEntry(
    "kb_systems", _("Systems and their manual"), _("The systems that are maintained, with their common faults and what to do."), "server-2", "knowledge:systems", perms.MANAGE, "knowledge", 20))
register_setting(SettingsEntry(
    "kb_synonyms", _("Synonyms"), _("Words that mean the same, for every search: printer, copier."), "arrows-exchange", "knowledge:synonyms", perms.MANAGE, "knowledge", 30))
register_setting(SettingsEntry(
    "kb_import", _("Import articles"), _("Markdown and Word files become drafts, many at once."), "file-import", "knowledge:import", perms.MANAGE, "knowledge", 40))
