"""The pages of security administrators: rules of coming in, single sign-on, directories."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor, current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError, Refused
from hengwei.org import permissions as perms
from hengwei.org.actions.sign_in import save_directory, save_policy, save_provider, start_sync
from hengwei.org.directory import DirectoryError, check
from hengwei.org.forms import LinesField
from hengwei.org.models import ADMINISTRATIVE, Customer, Directory, IdentityProvider, Role, SignInPolicy, Team
from hengwei.ui.kit import Action, Column, Facts, Inline, KitForm, KitModelForm, Pages


class PolicyForm(KitModelForm):
    """The rules of coming in."""

    class Meta:
        model = SignInPolicy
        fields = [
            "failures_allowed", "lock_seconds", "lock_seconds_most", "failures_per_address", "forgotten_after_seconds", "passwords_remembered", "password_days", "second_step_for_staff",
        ]

    fieldsets = [
        (_("Wrong passwords"), ["failures_allowed", "lock_seconds", "lock_seconds_most", "failures_per_address", "forgotten_after_seconds"]),
        (_("Passwords"), ["passwords_remembered", "password_days"]), (_("Second step"), ["second_step_for_staff"]),
    ]

    def _get_validation_exclusions(self) -> set[str]:
        # How the two lengths go together is said by the action, at the field.
        return super()._get_validation_exclusions() | {"lock_seconds_most"}  # type: ignore[misc,no-any-return]


@login_required
def policy_page(request: HttpRequest) -> HttpResponse:
    """See and change the rules."""
    user = signed_in(request)
    if not user.may(perms.SECURE_SIGN_IN):
        raise Http404
    form = PolicyForm(request.POST or None, instance=SignInPolicy.objects.first() or SignInPolicy())
    if request.method == "POST" and form.is_valid():
        try:
            save_policy(by=current(), **form.cleaned_data)
        except ActionError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _t("Saved."))
            return redirect("org:sign_in_policy")
    return render(request, "org/policy.html", {"form": form}, status=422 if form.errors else 200)


class GroupForm(KitForm):
    """What one group means."""

    group = forms.CharField(label=_("group"), max_length=300)
    role = forms.ModelChoiceField(Role.objects.exclude(key__in=ADMINISTRATIVE), label=_("role"), required=False, to_field_name="key")
    team = forms.ModelChoiceField(Team.objects.filter(archived_at=None), label=_("team"), required=False, to_field_name="key")


Groups = forms.formset_factory(GroupForm, extra=0, can_delete=True)


class MappedForm(KitModelForm):
    """What both ways share."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["default_role"].queryset = Role.objects.exclude(key__in=ADMINISTRATIVE)  # type: ignore[attr-defined]
        self.fields["default_customer"].queryset = Customer.objects.current()  # type: ignore[attr-defined]


class ProviderForm(MappedForm):
    """An identity provider. The secret is never shown again; left empty it stays."""

    client_secret = forms.CharField(label=_("client secret"), required=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), help_text=_("Left empty it stays as it is."))
    scopes = LinesField(label=_("further scopes"), required=False)

    class Meta:
        model = IdentityProvider
        fields = [
            "name", "name_en", "key", "active", "issuer", "client_id", "client_secret", "scopes", "create_people", "trusts_email", "default_role", "default_customer", "groups_claim", "customer_claim",
        ]

    fieldsets = [
        (_("Name"), ["name", "name_en", "key", "active"]), (_("Provider"), ["issuer", "client_id", "client_secret", "scopes"]),
        (_("Who may come in"), ["create_people", "trusts_email", "default_role", "default_customer"]), (_("Claims"), ["groups_claim", "customer_claim"]),
    ]


class _MappedPages(Pages):
    """What both share: only for security administrators, groups as rows."""

    def inlines(self, data: Any, row: Any) -> list[Inline]:
        initial = [{"group": r["group"], "role": r.get("role"), "team": r.get("team")} for r in row.groups] if row is not None else []
        return [Inline("groups", _("What groups mean here"), Groups(data, initial=initial, prefix="groups"), help=_("Roles and teams that stand here follow the groups at each sign-in; others stay as given by hand. Administrators are named by hand."))]

    def facts(self, form: Any) -> dict[str, Any]:
        groups = [{"group": r["group"].strip(), "role": r["role"].key if r["role"] else "", "team": r["team"].key if r["team"] else ""} for r in form.inlined("groups")]
        return {**form.cleaned_data, "groups": groups}

    def values(self, row: Any) -> dict[str, Any]:
        return {**super().values(row), "client_secret": "", "bind_password": ""}


class ProviderPages(_MappedPages):
    """Single sign-on."""

    room, name, plural, address = "org", "provider", "providers", "org/providers"
    model, title, one, icon = IdentityProvider, _("Single sign-on"), _("identity provider"), "login-2"
    view, change = perms.SECURE_SIGN_IN, perms.SECURE_SIGN_IN
    order = ("name", "id")
    columns = [Column("name", link=True, value=lambda row: row.label), Column("issuer"), Column("active"), Column("create_people")]
    form = ProviderForm
    panels = [
        Facts(_("Provider"), ["issuer", "client_id", "active", "create_people", "trusts_email", "default_role", "default_customer", "groups_claim", "customer_claim"]),
        Facts(_("To be entered at the provider"), [
            Column("callback", _("redirect address"), value=lambda row: settings.SITE_URL + reverse("openid_connect_callback", args=[row.key])),
            Column("groups", _("What groups mean here"), value=lambda row: [f"{r['group']} → {r.get('role') or '—'} / {r.get('team') or '—'}" for r in row.groups]),
        ]),
    ]
    empty = _("No identity provider yet. People then sign in with one click by their company account.")

    def rows(self, user: Any) -> Any:
        return IdentityProvider.objects.select_related("default_role", "default_customer")

    def save(self, form: Any, *, row: Any, by: Actor) -> IdentityProvider:
        return save_provider(row, by=by, **self.facts(form))


class DirectoryForm(MappedForm):
    """A directory. The password is never shown again; left empty it stays."""

    bind_password = forms.CharField(label=_("password"), required=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), help_text=_("Left empty it stays as it is."))

    class Meta:
        model = Directory
        fields = [
            "name", "name_en", "key", "active", "host", "port", "security", "authority", "bind_dn", "bind_password", "base", "filter", "login_attribute", "name_attribute", "email_attribute",
            "phone_attribute", "title_attribute", "groups_base", "groups_filter", "create_people", "default_role", "default_customer",
        ]

    fieldsets = [
        (_("Name"), ["name", "name_en", "key", "active"]), (_("Server"), ["host", "port", "security", "authority", "bind_dn", "bind_password"]),
        (_("People"), ["base", "filter", "login_attribute", "name_attribute", "email_attribute", "phone_attribute", "title_attribute"]),
        (_("Groups"), ["groups_base", "groups_filter"]), (_("Who may come in"), ["create_people", "default_role", "default_customer"]),
    ]


def try_out(row: Directory, by: Actor, data: dict[str, Any]) -> str:
    """Ask the directory now, and say what it said."""
    try:
        return check(row)
    except DirectoryError as error:
        raise Refused(_t("The directory cannot be asked: %(why)s") % {"why": error}, code="unreachable") from None


class DirectoryPages(_MappedPages):
    """LDAP and Active Directory."""

    room, name, plural, address = "org", "directory", "directories", "org/directories"
    model, title, one, icon = Directory, _("Directories (LDAP, AD)"), _("directory"), "address-book"
    view, change = perms.SECURE_SIGN_IN, perms.SECURE_SIGN_IN
    order = ("name", "id")
    columns = [Column("name", link=True, value=lambda row: row.label), Column("host"), Column("security"), Column("active"), Column("synced_at"), Column("sync_said")]
    form = DirectoryForm
    panels = [
        Facts(_("Server"), ["host", "port", "security", "bind_dn", "active"]),
        Facts(_("People"), ["base", "filter", "login_attribute", "create_people", "default_role", "default_customer", "synced_at", "sync_said"]),
        Facts(_("Groups"), ["groups_base", "groups_filter", Column("groups", _("What groups mean here"), value=lambda row: [f"{r['group']} → {r.get('role') or '—'} / {r.get('team') or '—'}" for r in row.groups])]),
    ]
    actions = [
        Action("try", _("Try the connection"), "plug-connected", perms.SECURE_SIGN_IN, run=try_out),
        Action("sync", _("Take over people now"), "refresh", perms.SECURE_SIGN_IN, run=lambda row, by, data: start_sync(row, by=by)),
    ]
    empty = _("No directory yet. People then sign in with the password of their computer.")

    def rows(self, user: Any) -> Any:
        return Directory.objects.select_related("default_role", "default_customer")

    def save(self, form: Any, *, row: Any, by: Actor) -> Directory:
        return save_directory(row, by=by, **self.facts(form))
