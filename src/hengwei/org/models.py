"""People, roles, teams, customers: who may, who does, and for whom."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual


@history.tracked(audited=True)
class Role(Bilingual):
    """A named set of permissions. Built-in roles are made from what the rooms declare; a company may add its own."""

    key = models.SlugField(_("key"), unique=True)
    permissions = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name=_("permissions"))
    builtin = models.BooleanField(_("built in"), default=False)

    class Meta:
        verbose_name = _("role")
        ordering = ["id"]


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: User) -> CustomerQuerySet:
        """Staff see all customers; everyone else his own."""
        return self if user.may("org.view_customers") else self.filter(pk=user.customer_id)


@history.tracked()
class Customer(Bilingual):
    """Somebody we serve: a company outside, or a department of our own."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("company")
        DEPARTMENT = "department", _("internal department")

    code = models.CharField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.COMPANY)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of"))
    domains = ArrayField(models.CharField(max_length=253), default=list, blank=True, verbose_name=_("mail domains"))
    key_account = models.BooleanField(_("key customer"), default=False)
    shares_requests = models.BooleanField(_("its people see each other's requests"), default=False)
    default_team = models.ForeignKey("Team", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("served by"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name", "id"]), models.Index(fields=["kind", "name"])]


@history.tracked(part_of="customer")
class Site(Bilingual):
    """A place where a customer works: an address, a time zone."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="sites", verbose_name=_("customer"))
    address = models.CharField(_("address"), max_length=300, blank=True)
    timezone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")

    class Meta:
        verbose_name = _("site")
        ordering = ["name", "id"]


@history.tracked()
class Skill(Bilingual):
    """Something an engineer can do, used by assignment."""

    class Meta:
        verbose_name = _("skill")
        ordering = ["name"]


@history.tracked(audited=["lead", "deputy"])
class Team(Bilingual):
    """A group of the department: by business line, product or region; teams form a tree."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("department")
        BUSINESS = "business", _("business line")
        PRODUCT = "product", _("product")
        REGION = "region", _("region")
        OTHER = "other", _("other")

    key = models.SlugField(_("key"), unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.BUSINESS)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of"))
    lead = models.ForeignKey("User", models.SET_NULL, null=True, blank=True, related_name="leads", verbose_name=_("team lead"))
    deputy = models.ForeignKey("User", models.SET_NULL, null=True, blank=True, related_name="deputises", verbose_name=_("deputy lead"))
    members: models.ManyToManyField[User, Membership] = models.ManyToManyField("User", through="Membership", related_name="teams", verbose_name=_("members"))
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta:
        verbose_name = _("team")
        ordering = ["name", "id"]

    def acting_lead(self, at: datetime) -> User | None:
        """The lead, or the deputy while the lead is away (S5b-2)."""
        if self.lead and self.lead.is_active and not self.lead.is_away(at):
            return self.lead
        if self.deputy and self.deputy.is_active and not self.deputy.is_away(at):
            return self.deputy
        return self.lead


class UserQuerySet(models.QuerySet["User"]):
    def staff(self) -> UserQuerySet:
        """Those who work here: anyone with a role beyond requester."""
        return self.filter(is_active=True, is_agent=True)

    def visible_to(self, user: User) -> UserQuerySet:
        """Staff see everyone; a requester sees himself, and the staff that serve (names only, by the pages)."""
        if user.may("org.view_people"):
            return self
        return self.filter(pk=user.pk)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(Q(username__iexact=username) | Q(email__iexact=username))


@history.tracked(leave_out=["last_login", "preferences", "theme"], audited=["username", "password", "email", "is_active", "is_agent"], m2m=["roles", "skills"])
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
        indexes = [models.Index(fields=["customer", "name"]), models.Index(fields=["phone"]), models.Index(fields=["mobile"])]

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


@history.tracked(leave_out=["last_assigned_at"], part_of="team")
class Membership(models.Model):
    """A person in a team."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    assignable = models.BooleanField(_("takes part in automatic assignment"), default=True)
    last_assigned_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="membership_once")]


@history.tracked(part_of="user")
class Absence(models.Model):
    """Leave, travel, training: a time in which a person takes no work, and who stands in."""

    class Kind(models.TextChoices):
        LEAVE = "leave", _("leave")
        TRAVEL = "travel", _("on business")
        TRAINING = "training", _("training")
        OTHER = "other", _("other")

    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.LEAVE)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    deputy = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("stands in"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="absence_forward")]
        indexes = [models.Index(fields=["user", "ends_at"])]


@history.tracked(m2m=["holders"])
class Post(Bilingual):
    """A post of the department with its duty sheet: head, lead, deputy, engineer, supervisor (J1)."""

    key = models.SlugField(_("key"), unique=True)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="posts", verbose_name=_("team"))
    duties = models.TextField(_("duty sheet"), blank=True, help_text=_("Markdown"))
    version = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField(null=True, blank=True)
    holders = models.ManyToManyField(User, blank=True, related_name="posts", verbose_name=_("holders"))

    class Meta:
        verbose_name = _("post")
        ordering = ["id"]


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
