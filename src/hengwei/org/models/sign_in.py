"""How people come in: the department's rules, failures counted by all processes together, and the directories that know them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual
from hengwei.core.secrets import SecretField

from .customers import Customer
from .people import Role


@history.tracked(audited=True)
class SignInPolicy(models.Model):
    """The department's rules for coming in; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    failures_allowed = models.PositiveSmallIntegerField(_("wrong passwords before an account is locked"), default=5)
    lock_seconds = models.PositiveIntegerField(_("first lock, in seconds"), default=60, help_text=_("Each further wrong password doubles it."))
    lock_seconds_most = models.PositiveIntegerField(_("longest lock, in seconds"), default=3600)
    failures_per_address = models.PositiveSmallIntegerField(_("wrong passwords before an address is locked"), default=30)
    forgotten_after_seconds = models.PositiveIntegerField(_("failures are forgotten after, in seconds"), default=86400)
    passwords_remembered = models.PositiveSmallIntegerField(_("earlier passwords that may not be used again"), default=5)
    password_days = models.PositiveSmallIntegerField(_("a password lasts, in days"), default=0, help_text=_("0: for ever."))
    second_step_for_staff = models.BooleanField(_("staff must use a second step"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_sign_in_policy"),
            models.CheckConstraint(condition=Q(failures_allowed__gte=1, failures_per_address__gte=1, lock_seconds__gte=1), name="sign_in_policy_counts"),
            models.CheckConstraint(condition=Q(lock_seconds_most__gte=models.F("lock_seconds")), name="sign_in_policy_locks"),
        ]


class SignInFailure(models.Model):
    """Wrong passwords for one name or from one address, counted by all processes together."""

    key = models.CharField(max_length=200, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["last_at"])]


class UsedPassword(models.Model):
    """The hash of a password that a person had, so that it is not chosen again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="used_passwords")
    hash = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-at"])]


class Mapped(Bilingual):
    """What identity providers and directories share: who is let in, and what their groups mean here."""

    key = models.SlugField(_("key"), unique=True)
    active = models.BooleanField(_("in use"), default=True)
    create_people = models.BooleanField(_("make an account for whom it knows and we do not"), default=False)
    default_role = models.ForeignKey(Role, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("role of a new person"))
    default_customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer or department of a new person"))
    #: [{"group": "it-support", "role": "agent", "team": "it-support"}]
    groups = models.JSONField(_("groups"), default=list, blank=True)

    class Meta:
        abstract = True


@history.tracked(audited=True)
class IdentityProvider(Mapped):
    """Single sign-on by OpenID Connect: an issuer, and what its claims mean here."""

    issuer = models.URLField(_("issuer"), max_length=300)
    client_id = models.CharField(_("client id"), max_length=200)
    client_secret = SecretField(_("client secret"), blank=True, default="")
    scopes = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("further scopes"))
    groups_claim = models.CharField(_("claim with the groups"), max_length=80, default="groups", blank=True)
    customer_claim = models.CharField(_("claim with the customer's code"), max_length=80, default="", blank=True)
    trusts_email = models.BooleanField(_("its e-mail addresses are true even where it does not say so"), default=False)

    class Meta:
        verbose_name = _("identity provider")
        ordering = ["name", "id"]


@history.tracked(leave_out=["synced_at", "sync_said"], audited=True)
class Directory(Mapped):
    """A company directory (LDAP, Active Directory): sign-in by search and bind, and people taken over from it."""

    class Security(models.TextChoices):
        LDAPS = "ldaps", "LDAPS"
        STARTTLS = "starttls", "StartTLS"
        NONE = "none", _("none")

    host = models.CharField(_("server"), max_length=253)
    port = models.PositiveIntegerField(_("port"), default=636)
    security = models.CharField(_("encryption"), max_length=10, choices=Security, default=Security.LDAPS)
    authority = models.TextField(_("certificate of the authority (PEM)"), blank=True, default="", help_text=_("Empty: those that the system trusts."))
    bind_dn = models.CharField(_("searches as"), max_length=300, blank=True)
    bind_password = SecretField(_("password"), blank=True, default="")
    base = models.CharField(_("people are under"), max_length=300)
    filter = models.CharField(_("filter for people"), max_length=300, default="(objectClass=person)")
    login_attribute = models.CharField(_("user name"), max_length=60, default="uid", help_text=_("sAMAccountName in Active Directory."))
    name_attribute = models.CharField(_("name"), max_length=60, default="cn")
    email_attribute = models.CharField(_("e-mail"), max_length=60, default="mail")
    phone_attribute = models.CharField(_("telephone"), max_length=60, default="telephoneNumber", blank=True)
    title_attribute = models.CharField(_("position"), max_length=60, default="title", blank=True)
    groups_base = models.CharField(_("groups are under"), max_length=300, blank=True)
    groups_filter = models.CharField(_("filter for a person's groups"), max_length=300, default="(member={dn})", help_text=_("{dn} and {login} stand for the person."))
    synced_at = models.DateTimeField(_("last taken over"), null=True, blank=True)
    sync_said = models.CharField(_("result"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("directory")
        verbose_name_plural = _("directories")
        ordering = ["name", "id"]
