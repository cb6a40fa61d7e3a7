"""For whom an article or a category is meant, and the categories themselves."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual
from hengwei.knowledge import permissions as perms
from hengwei.org.models import Customer, Team, User

__all__ = ["Audience", "Category", "open_to"]


class Audience(models.TextChoices):
    """Who may read it."""

    EVERYONE = "everyone", _("everyone who signs in")
    CUSTOMERS = "customers", _("customers outside, and staff")
    SOME_CUSTOMERS = "some_customers", _("certain customers, and staff")
    STAFF = "staff", _("staff")
    TEAMS = "teams", _("certain teams")


def _served_as(user: User) -> tuple[bool, list[int]]:
    """Whether the person comes from a company outside, and the customers whose articles are his: his own and what it is part of."""
    if user.customer_id is None or user.customer is None:
        return False, []
    return user.customer.kind == Customer.Kind.COMPANY, [pk for pk in (user.customer_id, user.customer.parent_id) if pk]


def open_to(user: User, model: type[models.Model]) -> Any:
    """The audiences to which this person belongs, as a condition on a model with `audience`, `customers` and `teams`."""
    allowed: Any = Q(audience=Audience.EVERYONE)
    if user.may(perms.READ):
        allowed |= Q(audience__in=(Audience.CUSTOMERS, Audience.SOME_CUSTOMERS, Audience.STAFF))
        if user.team_ids:
            allowed |= Q(audience=Audience.TEAMS) & Exists(_named(model, "teams", user.team_ids))
        return allowed
    outside, customers = _served_as(user)
    if outside:
        allowed |= Q(audience=Audience.CUSTOMERS)
    if customers:
        allowed |= Q(audience=Audience.SOME_CUSTOMERS) & Exists(_named(model, "customers", customers))
    return allowed


def _named(model: type[models.Model], many: str, pks: list[int]) -> models.QuerySet[Any]:
    through = getattr(model, many).through
    own, other = model._meta.model_name, "team" if many == "teams" else "customer"
    return through.objects.filter(**{f"{own}_id": OuterRef("pk"), f"{other}_id__in": pks})


class CategoryQuerySet(models.QuerySet["Category"]):
    def visible_to(self, user: User) -> Self:
        """Those that are open to the person and lie under none that is closed to him: a hidden branch hides its leaves."""
        return self if user.may(perms.MANAGE) else self.filter(pk__in=open_categories(user))

    def usable(self) -> Self:
        return self.filter(archived_at=None)


def open_categories(user: User) -> RawSQL:
    """The ids of the categories that are open to the person, walking down from the roots, as a subquery."""
    staff = user.may(perms.READ)
    outside, customers = _served_as(user)
    is_open = """(c.audience = 'everyone' OR (c.audience IN ('staff', 'some_customers', 'customers') AND %s) OR (c.audience = 'customers' AND %s)
        OR (c.audience = 'some_customers' AND EXISTS (SELECT 1 FROM knowledge_category_customers m WHERE m.category_id = c.id AND m.customer_id = ANY(%s::bigint[])))
        OR (c.audience = 'teams' AND EXISTS (SELECT 1 FROM knowledge_category_teams m WHERE m.category_id = c.id AND m.team_id = ANY(%s::bigint[]))))"""
    one = [staff, outside and not staff, [] if staff else customers, list(user.team_ids) if staff else []]
    return RawSQL(
        f"""WITH RECURSIVE seen AS (
              SELECT c.id FROM knowledge_category c WHERE c.parent_id IS NULL AND {is_open}
              UNION SELECT c.id FROM knowledge_category c JOIN seen ON c.parent_id = seen.id WHERE {is_open})
            SELECT id FROM seen""", [*one, *one])


@history.tracked(m2m=["customers", "teams"])
class Category(Bilingual):
    """What articles are about: a tree, of which a branch may be meant for some only."""

    key = models.SlugField(_("key"), unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of"))
    description = models.CharField(_("description"), max_length=300, blank=True, default="")
    description_en = models.CharField(_("English description"), max_length=300, blank=True, default="")
    icon = models.CharField(_("icon"), max_length=40, blank=True, default="book-2")
    audience = models.CharField(_("for whom"), max_length=16, choices=Audience, default=Audience.EVERYONE)
    customers = models.ManyToManyField(Customer, blank=True, related_name="+", verbose_name=_("customers"))
    teams = models.ManyToManyField(Team, blank=True, related_name="+", verbose_name=_("teams"))
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category of articles")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="kb_category_audience_known"),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="kb_category_not_its_own_parent"),
        ]
        indexes = [models.Index(fields=["order", "id"], name="kb_category_order")]
