"""A company directory (LDAP, Active Directory): who somebody is, by search and bind; people taken over from it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ldap3 import SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars

from . import mapping
from .models import AUDIT_ADMIN, Directory, User

#: Seconds that a directory may take to answer.
PATIENCE = 8
#: Entries of one page of a search.
PAGE = 500


class DirectoryError(Exception):
    """The directory cannot be asked; the message is for who keeps it."""


@dataclass(frozen=True)
class Entry:
    """A person as the directory has him. `id` stays his when he is renamed."""

    dn: str
    id: str
    login: str
    name: str
    email: str
    facts: dict[str, str] = field(default_factory=dict)


def _server(directory: Directory) -> Server:
    secure = directory.security == Directory.Security.LDAPS
    tls = None
    if directory.security != Directory.Security.NONE:
        tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_data=directory.authority or None, version=ssl.PROTOCOL_TLS_CLIENT, valid_names=[directory.host])
    return Server(directory.host, port=directory.port, use_ssl=secure, tls=tls, connect_timeout=PATIENCE)


@contextmanager
def connected(directory: Directory, dn: str | None = None, password: str | None = None) -> Iterator[Connection]:
    """A connection bound as the searching account, or as somebody; raises DirectoryError with what the server said."""
    connection = Connection(
        _server(directory), user=directory.bind_dn if dn is None else dn, password=directory.bind_password if dn is None else password, receive_timeout=PATIENCE, read_only=True,
        raise_exceptions=False, auto_referrals=False,
    )
    try:
        connection.open()
        if directory.security == Directory.Security.STARTTLS and not connection.start_tls():
            raise DirectoryError(_("StartTLS is refused: %(said)s") % {"said": connection.result.get("description", "")})
        if not connection.bind():
            raise DirectoryError(_("The directory does not accept the account: %(said)s") % {"said": connection.result.get("description", "")})
        yield connection
    except (LDAPException, OSError) as error:
        raise DirectoryError(str(error)[:300]) from error
    finally:
        with suppress(LDAPException, OSError):
            connection.unbind()


def _attributes(directory: Directory) -> list[str]:
    own = [getattr(directory, f"{name}_attribute") for name in ("login", "name", "email", "phone", "title")]
    return [*dict.fromkeys(name for name in own if name), "entryUUID", "objectGUID"]


def _entry(directory: Directory, raw: dict[str, Any]) -> Entry | None:
    values = {name.lower(): value for name, value in raw["attributes"].items()}

    def one(name: str) -> str:
        value = values.get(name.lower(), "") if name else ""
        value = value[0] if isinstance(value, list) and value else value
        return "" if value in (None, []) else str(value).strip()

    login = one(directory.login_attribute)
    if not login:
        return None
    facts = {"phone": one(directory.phone_attribute)[:40], "title": one(directory.title_attribute)[:120]}
    return Entry(raw["dn"], (one("entryUUID") or one("objectGUID") or raw["dn"])[:300], login, one(directory.name_attribute) or login, one(directory.email_attribute).lower(), facts)


def _known(connection: Connection, directory: Directory) -> list[str]:
    """The attributes to ask for, of those that the server's schema knows: asking for another is an error to some."""
    schema = connection.server.schema
    wanted = _attributes(directory)
    return [name for name in wanted if schema is None or name in schema.attribute_types] or ["*"]


def find(connection: Connection, directory: Directory, login: str) -> Entry | None:
    """The person with this name or address; None when nobody or more than one is meant."""
    text = escape_filter_chars(login)
    names = f"({directory.login_attribute}={text})" + (f"({directory.email_attribute}={text})" if directory.email_attribute else "")
    connection.search(directory.base, f"(&{directory.filter}(|{names}))", SUBTREE, attributes=_known(connection, directory), size_limit=3)
    found = [entry for raw in connection.response or [] if raw.get("type") == "searchResEntry" for entry in [_entry(directory, raw)] if entry]
    return found[0] if len(found) == 1 else None


def groups_of(connection: Connection, directory: Directory, entry: Entry) -> list[str]:
    """The names of a person's groups: their cn, and their whole dn."""
    if not directory.groups_base:
        return []
    query = directory.groups_filter.replace("{dn}", escape_filter_chars(entry.dn)).replace("{login}", escape_filter_chars(entry.login))
    connection.search(directory.groups_base, query, SUBTREE, attributes=["cn"])
    names: list[str] = []
    for raw in connection.response or []:
        if raw.get("type") == "searchResEntry":
            cn = raw["attributes"].get("cn") or []
            names += [*(cn if isinstance(cn, list) else [str(cn)]), raw["dn"]]
    return names


def everyone(connection: Connection, directory: Directory) -> Iterator[Entry]:
    """All people of the directory, page by page."""
    found = connection.extend.standard.paged_search(directory.base, directory.filter, SUBTREE, attributes=_known(connection, directory), paged_size=PAGE, generator=True)
    for raw in found:
        entry = _entry(directory, raw) if raw.get("type") == "searchResEntry" else None
        if entry is not None:
            yield entry


def check(directory: Directory) -> str:
    """Try the connection, and say what was found; raises DirectoryError."""
    with connected(directory) as connection:
        found = [entry for entry, _n in zip(everyone(connection, directory), range(PAGE), strict=False)]
        if not found:
            return _("Connected, but there is nobody under %(base)s with this filter.") % {"base": directory.base}
        groups = groups_of(connection, directory, found[0])
        return _("Connected. %(count)d people found; the first is %(name)s (%(login)s), in %(groups)d groups.") % {
            "count": len(found), "name": found[0].name, "login": found[0].login, "groups": len(groups) // 2,
        }


@transaction.atomic
def take_over(directory: Directory, entry: Entry, groups: list[str]) -> User | None:
    """The account of a directory's person, made or brought up to date; None where it may not be made, or is not his."""
    source = f"ldap:{directory.key}"
    person = User.objects.present().select_for_update().filter(source=source, source_id=entry.id).first()
    if person is None:
        person = User.objects.present().of_username(entry.login).filter(source="").select_for_update().first()
        if person is not None and person.roles.filter(key=AUDIT_ADMIN).exists():
            return None
    if person is None:
        if not directory.create_people:
            return None
        email = "" if User.objects.of_address(entry.email).exists() else entry.email
        person = mapping.make_person(directory, source=source, source_id=entry.id, username=entry.login, name=entry.name, email=email, **entry.facts)
    else:
        person.source, person.source_id, person.name = source, entry.id, entry.name[:120]
        if entry.email and not User.objects.of_address(entry.email).exclude(pk=person.pk).exists():
            person.email = entry.email
        for name, value in entry.facts.items():
            setattr(person, name, value or getattr(person, name))
        person.save()
    mapping.apply(person, directory, groups)
    return User.objects.get(pk=person.pk)


def sync(directory: Directory) -> str:
    """Take over everyone; who is gone from the directory may not sign in any more. Returns what was done, also when it failed."""
    seen: set[str] = set()
    taken = 0
    try:
        with connected(directory) as connection:
            for entry in list(everyone(connection, directory)):
                seen.add(entry.id)
                taken += take_over(directory, entry, groups_of(connection, directory, entry)) is not None
    except DirectoryError as error:
        said = _("Failed: %(why)s") % {"why": error}
    else:
        gone = User.objects.filter(source=f"ldap:{directory.key}", is_active=True).exclude(source_id__in=seen) if seen else User.objects.none()
        names = list(gone)
        gone.update(is_active=False)
        said = _("%(taken)d people taken over, %(gone)d gone.") % {"taken": taken, "gone": len(names)}
    Directory.objects.filter(pk=directory.pk).update(synced_at=timezone.now(), sync_said=said[:500])
    return said


class DirectoryBackend(ModelBackend):
    """Asks the directories that are in use, after our own passwords."""

    def authenticate(self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **credentials: Any) -> User | None:  # type: ignore[override]
        login = username or credentials.get("email") or ""
        # A bind without a password is no proof: servers take it for an anonymous one.
        if not login or not password:
            return None
        for directory in Directory.objects.filter(active=True).select_related("default_role", "default_customer"):
            person = self._ask(directory, login, password)
            if person is not None:
                return person if person.is_active else None
        return None

    @staticmethod
    def _ask(directory: Directory, login: str, password: str) -> User | None:
        try:
            with connected(directory) as connection:
                entry = find(connection, directory, login)
                if entry is None:
                    return None
                groups = groups_of(connection, directory, entry)
            with connected(directory, entry.dn, password):
                pass
        except DirectoryError:
            return None
        return take_over(directory, entry, groups)
