"""The help of the command line in Chinese, where that is the language; nothing of it is read before help is asked for."""

from __future__ import annotations

import gettext
import os
import sys
from functools import cache
from importlib.util import find_spec
from inspect import cleandoc
from pathlib import Path
from typing import Any

from typer.core import TyperGroup

from hengwei.config.rooms import ROOMS
from hengwei.config.settings import BadSettings, settings

PACKAGE = Path(__file__).resolve().parent.parent


def gettext_noop(words: str) -> str:
    """Django's, without Django."""
    return words


#: What the library itself says.
_OF_THE_LIBRARY = (
    gettext_noop("Options"), gettext_noop("Arguments"), gettext_noop("Commands"), gettext_noop("Error"), gettext_noop("Aborted."),
    gettext_noop("Show this message and exit."), gettext_noop("[default: {}]"), gettext_noop("[required]"), gettext_noop("Try [blue]'{command_path} {help_option}'[/] for help."),
    gettext_noop("No such command {name!r}."), gettext_noop("Missing command."),
)


@cache
def language() -> str:
    """HENGWEI_LANGUAGE, or `language` in the settings file, where it is set; else what LC_ALL, LC_MESSAGES or LANG say; else English."""
    try:
        own = settings()
        if "language" in own.model_fields_set:
            return own.language
    except BadSettings:
        pass  # A command will say what is wrong with them.
    said = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "zh-hans" if said.lower().startswith("zh") else "en"


@cache
def _catalogue() -> gettext.NullTranslations:
    """What is said here and by the rooms that have commands."""
    found: gettext.NullTranslations | None = None
    for room in ("config", *(room.rpartition(".")[2] for room in ROOMS if find_spec(f"{room}.commands") is not None)):
        file = PACKAGE / room / "locale/zh_Hans/LC_MESSAGES/django.mo"
        if file.exists():
            with file.open("rb") as opened:
                one = gettext.GNUTranslations(opened)
            if found is None:
                found = one
            else:
                found.add_fallback(one)
    return found or gettext.NullTranslations()


def said(words: str | None) -> str | None:
    """Words of the help in Chinese."""
    return _catalogue().gettext(cleandoc(words)) if words else words


def listen() -> None:
    """Let the library speak it too: it asks the standard library, which would go by the environment alone."""
    if language() != "en":
        gettext.dgettext = lambda domain, message: _catalogue().gettext(message)


def _in_chinese(command: Any, ctx: Any) -> None:
    command.help, command.short_help = said(command.help), said(command.short_help)
    for one in command.get_params(ctx):
        one.help = said(getattr(one, "help", None))


@cache
def _fold() -> None:
    """Chinese has no spaces at which a line could end: it goes on in the next line, where other words would be cut off."""
    try:
        from rich.text import Text
    except ImportError:
        return
    wrap = Text.wrap

    def folding(self: Text, console: Any, width: int, **given: Any) -> Any:
        return wrap(self, console, width, **{**given, "overflow": "fold"})

    Text.wrap = folding  # type: ignore[method-assign,assignment]


class Commands(TyperGroup):
    """Commands whose help is in the person's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        if language() != "en":
            _fold()
            _in_chinese(self, ctx)
            for one in self.commands.values():
                _in_chinese(one, ctx)
        super().format_help(ctx, formatter)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        found = super().get_command(ctx, cmd_name)
        if found is not None and "--help" in sys.argv and language() != "en":
            _fold()
            _in_chinese(found, ctx)
        return found
