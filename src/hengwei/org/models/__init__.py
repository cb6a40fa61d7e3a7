"""People, roles, teams, customers: who may, who does, and for whom."""

from .customers import Customer, CustomerNote, CustomerQuerySet, Site
from .duty import Absence, Rota, Shift
from .people import (
    ADMINISTRATIVE,
    AUDIT_ADMIN,
    SECURITY_ADMIN,
    SYSTEM_ADMIN,
    ApiToken,
    Role,
    Skill,
    User,
    UserManager,
    UserQuerySet,
)
from .sign_in import Directory, IdentityProvider, SignInFailure, SignInPolicy, UsedPassword
from .teams import DutyAcknowledgement, DutySheet, Membership, Post, Team

__all__ = [
    "ADMINISTRATIVE", "AUDIT_ADMIN", "SECURITY_ADMIN", "SYSTEM_ADMIN", "Absence", "ApiToken", "Customer", "CustomerNote", "CustomerQuerySet", "Directory",
    "DutyAcknowledgement", "DutySheet", "IdentityProvider", "Membership", "Post", "Role", "Rota", "Shift", "SignInFailure", "SignInPolicy", "Site", "Skill",
    "Team", "UsedPassword", "User", "UserManager", "UserQuerySet",
]
