"""What people fill in about people and customers."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengwei.ui.kit import KitForm, KitModelForm

from .models import Absence, Customer, CustomerNote, Post, Role, Rota, Shift, Skill, Team, User

#: The zones that are places; the rest of the list are old names of the same.
ZONES = [*sorted(name for name in available_timezones() if name.split("/")[0] in ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")), "UTC"]


class ZoneField(forms.ChoiceField):
    """A time zone."""

    def __init__(self, **kwargs: Any):
        super().__init__(choices=[(name, name.replace("_", " ")) for name in ZONES], label=_("time zone"), initial="Asia/Shanghai", **kwargs)


class LinesField(forms.CharField):
    """Several short values, one a line or between commas."""

    def __init__(self, **kwargs: Any):
        super().__init__(widget=forms.Textarea(attrs={"rows": 2}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        text = super().clean(value)
        return [part.strip() for line in text.splitlines() for part in line.replace("，", ",").split(",") if part.strip()]


def staff() -> Any:
    """Who can be chosen for work."""
    return User.objects.staff().order_by("name", "id")


def _choices(form: forms.BaseForm, **querysets: Any) -> None:
    for name, queryset in querysets.items():
        if name in form.fields:
            form.fields[name].queryset = queryset  # type: ignore[attr-defined]


class PersonForm(KitModelForm):
    """A person as the department keeps him. Roles are granted apart from it."""

    username = forms.CharField(label=_("user name"), max_length=150, required=False, help_text=_("Empty: the e-mail address."))
    timezone = ZoneField()
    teams = forms.ModelMultipleChoiceField(Team.objects.none(), required=False, label=_("teams"), widget=forms.CheckboxSelectMultiple)
    skills = forms.ModelMultipleChoiceField(Skill.objects.all(), required=False, label=_("skills"), widget=forms.CheckboxSelectMultiple)
    posts = forms.ModelMultipleChoiceField(Post.objects.all(), required=False, label=_("posts"), widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = User
        fields = [
            "name", "username", "email", "phone", "mobile", "employee_no", "title", "customer", "site", "manager", "language", "timezone", "capacity",
        ]

    fieldsets = [
        (_("Person"), ["name", "username", "email", "phone", "mobile", "employee_no", "title"]), (_("Belongs to"), ["customer", "site", "manager"]),
        (_("Language and time"), ["language", "timezone"]), (_("At the desk"), ["capacity", "teams", "skills", "posts"]),
    ]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        customers = Customer.objects.current()
        _choices(self, teams=Team.objects.filter(archived_at=None), customer=customers, manager=staff())
        sites = self.fields["site"].queryset.filter(customer__archived_at=None).select_related("customer")  # type: ignore[attr-defined]
        _choices(self, site=sites)
        self.fields["site"].label_from_instance = lambda site: f"{site.customer} · {site}"  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial.update(
                {name: list(getattr(self.instance, name).all()) for name in ("teams", "skills", "posts")}
            )


class RolesForm(KitForm):
    """A person's roles."""

    roles = forms.ModelMultipleChoiceField(Role.objects.all(), required=False, label=_("roles"), widget=forms.CheckboxSelectMultiple)


class PasswordForm(KitForm):
    """A password for somebody."""

    password = forms.CharField(label=_("password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), help_text=_("The person must choose another when he next signs in."))


class LeaveForm(KitForm):
    """Who takes over from a person who leaves."""

    deputy = forms.ModelChoiceField(User.objects.none(), required=False, label=_("hands everything to"), help_text=_("Everything that the page lists goes to this person in one step. Empty: it stays."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choices(self, deputy=staff())


class HandOverForm(KitForm):
    """Who takes over all that a person answers for."""

    deputy = forms.ModelChoiceField(User.objects.none(), label=_("hands everything to"), help_text=_("Everything that the page lists goes to this person in one step."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choices(self, deputy=staff())


class EraseForm(KitForm):
    """Type the name to confirm."""

    confirm = forms.CharField(label=_("user name"), help_text=_("Type the user name to confirm. Name, contacts, keys and sessions go for good; records stay under a pseudonym."))


class SiteForm(KitForm):
    """A site as a row of its customer's form."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    address = forms.CharField(label=_("address"), max_length=300, required=False)
    timezone = ZoneField()


Sites = forms.formset_factory(SiteForm, extra=0, can_delete=True)


class CustomerForm(KitModelForm):
    """A customer or department."""

    code = forms.CharField(label=_("code"), max_length=40, required=False, help_text=_("Empty: the next one."))
    domains = LinesField(label=_("mail domains"), required=False, help_text=_("One a line. Mail from an unknown address of these domains belongs to this customer."))

    class Meta:
        model = Customer
        fields = ["name", "name_en", "code", "kind", "parent", "key_account", "default_team", "shares_requests", "language", "phone", "address", "domains", "notes"]

    fieldsets = [
        (_("Name"), ["name", "name_en", "code", "kind", "parent"]), (_("Served by"), ["default_team", "key_account", "shares_requests", "language", "domains"]),
        (_("Contact"), ["phone", "address", "notes"]),
    ]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choices(self, parent=Customer.objects.current().exclude(pk=self.instance.pk), default_team=Team.objects.filter(archived_at=None))


class MergeForm(KitForm):
    """Which customer it is in truth."""

    into = forms.ModelChoiceField(Customer.objects.none(), label=_("is the same as"), help_text=_("People, sites, items and agreements go to that one; this one stays as an archived pointer."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choices(self, into=Customer.objects.current())


class NoteForm(KitForm):
    """A call, a visit, a need."""

    kind = forms.ChoiceField(choices=CustomerNote.Kind, label=_("kind"))
    text = forms.CharField(widget=forms.Textarea, label=_("text"))


class TeamForm(KitModelForm):
    """A team, with who belongs to it."""

    members = forms.ModelMultipleChoiceField(User.objects.none(), required=False, label=_("members"))
    not_assignable = forms.ModelMultipleChoiceField(
        User.objects.none(), required=False, label=_("take no part in automatic assignment"),
    )

    class Meta:
        model = Team
        fields = ["name", "name_en", "key", "kind", "parent", "lead", "deputy"]

    fieldsets = [(_("Team"), ["name", "name_en", "key", "kind", "parent"]), (_("Lead"), ["lead", "deputy"]), (_("Members"), ["members", "not_assignable"])]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = staff()
        _choices(self, members=people, not_assignable=people, lead=people, deputy=people, parent=Team.objects.filter(archived_at=None).exclude(pk=self.instance.pk))
        if self.instance.pk:
            rows = list(self.instance.memberships.all())
            self.initial.update(members=[m.user_id for m in rows], not_assignable=[m.user_id for m in rows if not m.assignable])


class PostForm(KitModelForm):
    """A post with its duties."""

    holders = forms.ModelMultipleChoiceField(User.objects.none(), required=False, label=_("holders"))

    class Meta:
        model = Post
        fields = ["name", "name_en", "key", "team", "duties"]
        widgets = {"duties": forms.Textarea(attrs={"rows": 14})}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choices(self, holders=staff(), team=Team.objects.filter(archived_at=None))
        if self.instance.pk:
            self.initial["holders"] = list(self.instance.holders.all())


class SkillForm(KitModelForm):
    """A skill, and who has it."""

    people = forms.ModelMultipleChoiceField(User.objects.none(), required=False, label=_("who can"))

    class Meta:
        model = Skill
        fields = ["name", "name_en"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choices(self, people=staff())
        if self.instance.pk:
            self.initial["people"] = list(self.instance.people.all())


class RoleForm(KitModelForm):
    """A role's name; what it permits is set in the matrix."""

    class Meta:
        model = Role
        fields = ["name", "name_en", "key"]


class AbsenceForm(KitModelForm):
    """Leave, travel, training."""

    hand_over = forms.BooleanField(required=False, label=_("hand everything over now"), help_text=_("Everything listed on the person's page goes to who stands in, in one step."))

    class Meta:
        model = Absence
        fields = ["user", "kind", "starts_at", "ends_at", "deputy", "note"]
        labels = {"user": _("person")}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choices(self, user=staff(), deputy=staff())

    def _get_validation_exclusions(self) -> set[str]:
        # That one who stands in is another is said by the action, at the field.
        return super()._get_validation_exclusions() | {"deputy"}  # type: ignore[misc,no-any-return]


class RotaForm(KitModelForm):
    """A rota."""

    timezone = ZoneField()

    class Meta:
        model = Rota
        fields = ["name", "name_en", "team", "timezone"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choices(self, team=Team.objects.filter(archived_at=None))


class HoursField(forms.DecimalField):
    """A length in hours, kept in minutes."""

    def __init__(self, **kwargs: Any):
        super().__init__(min_value=0.25, max_value=14 * 24, decimal_places=2, **kwargs)

    def clean(self, value: Any) -> Any:
        hours = super().clean(value)
        return None if hours is None else round(hours * 60)

    def prepare_value(self, value: Any) -> Any:
        return value


def _today() -> Any:
    return timezone.localdate()


class TurnForm(KitForm):
    """A turn of one person."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("person"))
    first_day = forms.DateField(label=_("first day"), initial=_today, widget=forms.DateInput)
    starts = forms.TimeField(label=_("from"), initial="09:00", widget=forms.TimeInput)
    minutes = HoursField(label=_("length in hours"), initial=9)
    rule = forms.CharField(label=_("again"), required=False, max_length=200, help_text=Shift._meta.get_field("rule").help_text)
    until = forms.DateField(label=_("last day"), required=False, widget=forms.DateInput)
    replaces = forms.BooleanField(label=_("in place of whoever else has duty then"), required=False)
    note = forms.CharField(label=_("note"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choices(self, user=staff())


class RotateForm(KitForm):
    """Turns that go round."""

    people = forms.ModelMultipleChoiceField(User.objects.none(), label=_("people, in turn"))
    first_day = forms.DateField(label=_("first day"), initial=_today, widget=forms.DateInput)
    days_each = forms.IntegerField(label=_("days each"), initial=7, min_value=1, max_value=31)
    starts = forms.TimeField(label=_("from"), initial="09:00", widget=forms.TimeInput)
    minutes = HoursField(label=_("length in hours"), initial=9, help_text=_("24: round the clock."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choices(self, people=staff())
