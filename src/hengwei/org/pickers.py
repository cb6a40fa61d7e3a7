"""People, customers and sites, found while one types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from hengwei.ui.kit.picking import Picker, asks, register

from .models import Customer, Site, User


def _all_people(user: Any) -> QuerySet[Any]:
    rows = User.objects.all() if user is None else User.objects.visible_to(user)
    return rows.select_related("customer")


def _people(user: Any) -> QuerySet[Any]:
    return _all_people(user).filter(is_active=True, erased_at=None)


def _all_customers(user: Any) -> QuerySet[Any]:
    return Customer.objects.all() if user is None else Customer.objects.visible_to(user)


def _sites(user: Any) -> QuerySet[Any]:
    return Site.objects.filter(customer__in=_all_customers(user)).select_related("customer")


def _who(person: User) -> str:
    """What tells namesakes apart: department, position, else how to reach him."""
    parts = [person.customer.label if person.customer else "", person.title]
    return " · ".join(part for part in parts if part) or person.email or person.phone or person.username


def _number(person: User, text: str) -> str:
    """The number by which somebody who rings was found."""
    return next((number for number in (person.phone, person.mobile) if text.strip() in number), "") if any(one.isdigit() for one in text) else ""


_NAMES: dict[str, Any] = {"inside": ("name", "email", "phone", "mobile", "customer__name", "customer__name_en"), "begins": ("username", "employee_no"), "hint": _who, "why": _number, "text": lambda row: row.email or row.username}

def holding(permission: str) -> Callable[[Any], QuerySet[Any]]:
    """Colleagues who have a permission, but for who asks: to approve or to look over what he wrote himself."""
    def rows(user: Any) -> QuerySet[Any]:
        held = _people(user).filter(is_agent=True, roles__permissions__contains=[permission]).distinct()
        return held if user is None else held.exclude(pk=user.pk)

    return rows


def picker_of_holders(key: str, permission: str) -> Picker:
    """A picker of those who have a permission."""
    return Picker(key, User, holding(permission), _all_people, fits=lambda rows: False, **_NAMES)


register(
    Picker("org.staff", User, lambda user: _people(user).filter(is_agent=True), _all_people, fits=lambda rows: asks(rows, "is_agent"), **_NAMES),
    Picker("org.colleague", User, lambda user: _people(user).exclude(customer__kind=Customer.Kind.COMPANY), _all_people, fits=lambda rows: False, **_NAMES),
    Picker("org.contact", User, lambda user: _people(user).filter(is_agent=False), _all_people, fits=lambda rows: asks(rows, "is_agent", False), **_NAMES),
    Picker("org.person", User, _people, _all_people, **_NAMES),
    Picker(
        "org.customer", Customer, lambda user: _all_customers(user).filter(archived_at=None), _all_customers,
        inside=("name", "name_en", "phone"), begins=("code",), label=lambda row: row.label, hint=lambda row: row.code, text=lambda row: row.code,
    ),
    Picker(
        "org.site", Site, lambda user: _sites(user).filter(customer__archived_at=None), _sites,
        inside=("name", "name_en", "address", "customer__name", "customer__name_en"), label=lambda row: row.label, hint=lambda row: row.customer.label,
    ),
)
