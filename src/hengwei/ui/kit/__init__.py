"""The page kit: a list, detail or edit page is a declaration.

    class SkillPages(Pages):
        room, name, plural, address = "org", "skill", "skills", "org/skills"
        ...

See `Pages` for what can be declared. What cannot be declared is an ordinary view and template, and that is fine.
"""

from .actions import Action
from .columns import Column
from .forms import Inline, KitForm, KitModelForm
from .pages import Pages
from .panels import Facts, Panel, Part, Table

__all__ = ["Action", "Column", "Facts", "Inline", "KitForm", "KitModelForm", "Pages", "Panel", "Part", "Table"]
