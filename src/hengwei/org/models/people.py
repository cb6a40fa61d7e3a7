"""People, their roles, skills and keys: who may, and who can."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual

from .customers import Customer, Site

if TYPE_CHECKING:
    from .duty import Absence


#: The three powers, apart from each other: who runs it, who guards it, who watches both. A trigger on the table of held
#: roles (migration `people`) keeps the second and the third from meeting in one hand.
SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN = ADMINISTRATIVE = ("system_admin", "security_admin", "audit_admin")


@history.tracked(audited=True, leave_out=["offered"])
class Role(Bilingual):
    """A named set of permissions. Built-in roles are made from what the rooms declare; a company may add its own."""

    key = models.SlugField(_("key"), unique=True)
    permissions = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name=_("permissions"))
    builtin = models.BooleanField(_("built in"), default=False)
    #: Of a built-in role: what it was ever given by itself. What a later version declares is added once, what the company took away stays away.
    offered = ArrayField(models.CharField(max_length=80), default=list, blank=True, editable=False)

    class Meta:
        verbose_name = _("role")
        ordering = ["id"]

    @property
    def is_administrative(self) -> bool:
        """Whether it keeps the platform itself: its holders' sign-in is guarded (actions/people.py)."""
        return self.key in ADMINISTRATIVE


@history.tracked()
class Skill(Bilingual):
    """Something an engineer can do, used by assignment."""

    class Meta:
        verbose_name = _("skill")
        ordering = ["name"]


def _same(field: str, words: str | Value) -> Q:
    """The field is these words, large or small: as the unique indexes ask, which `iexact` does not use."""
    return Q(Exact(Lower(field), Lower(words if isinstance(words, Value) else Value(words))))


class UserQuerySet(models.QuerySet["User"]):
    def of_address(self, email: str | Value) -> UserQuerySet:
        """Who has this e-mail address, however it is written; nobody for none."""
        return self.filter(_same("email", email), ~Q(email=""))

    def of_username(self, name: str) -> UserQuerySet:
        """Who has this user name, however it is written."""
        return self.filter(_same("username", name))

    def of_login(self, login: str) -> UserQuerySet:
        """Who signs in by this user name or e-mail address, however it is written."""
        return self.filter(_same("username", login) | (_same("email", login) & ~Q(email="")))

    def staff(self) -> UserQuerySet:
        """Those who work here: anyone with a role beyond requester."""
        return self.filter(is_active=True, is_agent=True)

    def present(self) -> UserQuerySet:
        """Those whose data has not been erased."""
        return self.filter(erased_at=None)

    def visible_to(self, user: User) -> UserQuerySet:
        """Staff see everyone; a requester sees himself, and the staff that serve (names only, by the pages)."""
        if user.may("org.view_people"):
            return self
        return self.filter(pk=user.pk)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> User:
        return self.of_login(username).get()


@history.tracked(leave_out=["last_login", "last_seen_at", "preferences", "theme", "feed_key"], audited=["username", "password", "email", "is_active", "is_agent"], m2m=["roles", "skills"])
class User(AbstractBaseUser):
    """Everyone who signs in or writes to us: staff and requesters share one table and differ by roles."""

    username = models.CharField(_("user name"), max_length=150, unique=True)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    mobile = models.CharField(_("mobile"), max_length=40, blank=True)
    employee_no = models.CharField(_("employee number"), max_length=40, blank=True)
    title = models.CharField(_("position"), max_length=120, blank=True)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("customer or department"))
    site = models.ForeignKey(Site, models.SET_NULL, null=True, blank=True, related_name="people", verbose_name=_("site"))
    manager = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reports", verbose_name=_("superior"))
    roles = models.ManyToManyField(Role, blank=True, related_name="users", verbose_name=_("roles"))
    skills = models.ManyToManyField(Skill, blank=True, related_name="people", verbose_name=_("skills"))
    is_agent = models.BooleanField(_("works at the desk"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    verified = models.BooleanField(_("identity confirmed"), default=True, help_text=_("False for a person known only by an e-mail that reached us."))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    timezone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")
    theme = models.CharField(_("appearance"), max_length=10, choices=[("auto", _("as the system")), ("light", _("light")), ("dark", _("dark"))], default="auto")
    preferences = models.JSONField(default=dict, blank=True)
    capacity = models.PositiveSmallIntegerField(_("how many open items at a time"), default=20)
    mail_blocked_at = models.DateTimeField(_("mail came back"), null=True, blank=True)
    mail_blocked_reason = models.CharField(max_length=300, blank=True)
    password_changed_at = models.DateTimeField(_("password set"), null=True, blank=True)
    must_change_password = models.BooleanField(_("must choose a new password"), default=False)
    last_seen_at = models.DateTimeField(_("last signed in"), null=True, blank=True)
    #: Part of the addresses at which the person's calendars are subscribed to; '' until first wanted.
    feed_key = models.CharField(max_length=60, blank=True, default="", db_index=True)
    #: Where the account comes from when not from here: "oidc:key" or "ldap:key", and its name there.
    source = models.CharField(_("comes from"), max_length=80, blank=True, default="")
    source_id = models.CharField(max_length=300, blank=True, default="")
    erased_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="user_email_unique"),
            models.UniqueConstraint(Lower("username"), name="user_username_unique"),
        ]
        indexes = [models.Index(fields=["name", "id"]), models.Index(fields=["customer", "name"]), models.Index(fields=["source", "source_id"]), models.Index(fields=["phone"]), models.Index(fields=["mobile"])]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def is_staff(self) -> bool:
        return self.is_agent

    @cached_property
    def permission_keys(self) -> frozenset[str]:
        """Every permission that the person's roles grant."""
        lists = self.roles.values_list("permissions", flat=True)
        return frozenset(key for keys in lists for key in keys)

    def may(self, permission: str) -> bool:
        """Whether the person holds a permission such as `work.assign`."""
        return self.is_active and permission in self.permission_keys

    @cached_property
    def team_ids(self) -> list[int]:
        """The teams the person belongs to or leads, with everything below them."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                """WITH RECURSIVE mine AS (
                     SELECT t.id FROM org_team t
                      WHERE t.lead_id = %(u)s OR t.deputy_id = %(u)s
                         OR EXISTS (SELECT 1 FROM org_membership m WHERE m.team_id = t.id AND m.user_id = %(u)s)
                     UNION SELECT t.id FROM org_team t JOIN mine ON t.parent_id = mine.id)
                   SELECT id FROM mine""",
                {"u": self.pk},
            )
            return [row[0] for row in cursor.fetchall()]

    def absence_at(self, at: datetime) -> Absence | None:
        """The absence that covers the moment, if any: the one that ends last."""
        return self.absences.filter(starts_at__lte=at, ends_at__gt=at).select_related("deputy").order_by("-ends_at").first()

    def is_away(self, at: datetime) -> bool:
        """Whether an absence of the person covers the moment."""
        return self.absences.filter(starts_at__lte=at, ends_at__gt=at).exists()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def pref(self, key: str, default: Any = None) -> Any:
        """One of the person's own settings (columns, sort, notices …)."""
        return self.preferences.get(key, default)


@history.tracked(leave_out=["last_used_at"], part_of="user", audited=True)
class ApiToken(models.Model):
    """A key with which a program acts as a person, within scopes: `read`, `write`, or those of one room (`items:read`)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=120)
    hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
