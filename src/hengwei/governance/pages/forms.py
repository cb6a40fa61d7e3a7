"""What people fill in about regulations and bindings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hengwei.core.controls import Control
from hengwei.governance.models import Binding, Regulation
from hengwei.org.models import Team, User
from hengwei.ui.kit import KitModelForm
from hengwei.ui.kit.forms import dress
from hengwei.ui.kit.picked import PickMany
from hengwei.ui.kit.picking import picker_of

#: Both languages side by side.
SAYS = [said for name in Regulation.SAYS for said in (name, f"{name}_en")]


class RegulationForm(KitModelForm):
    """What is said about a regulation; its text is written elsewhere."""

    fieldsets = [
        (_("Regulation"), ["name", "name_en", "code", "owner", "body", "review_months"]),
        (_("What it says of itself"), SAYS),
        (_("Readers"), ["reader_roles", "reader_teams", "acknowledge_days"]),
    ]
    wide = ("reader_roles", "reader_teams")

    class Meta:
        model = Regulation
        fields = ["name", "name_en", "code", "owner", "body", "review_months", *SAYS, "reader_roles", "reader_teams", "acknowledge_days"]
        widgets = {
            "reader_roles": forms.CheckboxSelectMultiple, "reader_teams": forms.CheckboxSelectMultiple,
            **{name: forms.Textarea(attrs={"rows": 3}) for name in SAYS},
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = User.objects.staff().order_by("name")  # type: ignore[attr-defined]
        self.fields["code"].required = False
        self.fields["code"].help_text = _("Left empty, it is given the next one.")


class AdoptForm(forms.Form):
    """Who carries a built-in regulation out, and who answers for it."""

    body = forms.ModelChoiceField(label=_("executing body"), queryset=Team.objects.filter(archived_at=None), required=False)
    owner = forms.ModelChoiceField(label=_("keeper"), queryset=User.objects.none())
    attester = forms.ModelChoiceField(label=_("confirms what no record proves"), queryset=User.objects.none(), required=False, help_text=_("Left empty, its keeper."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("owner", "attester"):
            self.fields[name].queryset = User.objects.staff().order_by("name")  # type: ignore[attr-defined]
        dress(self)


class BindingForm(forms.Form):
    """Parameters of a control, made of its declaration, and how its clause is judged."""

    threshold = forms.IntegerField(label=_("share that must comply, in percent"), min_value=0, max_value=100, initial=100)
    span = forms.ChoiceField(label=_("judged by"), choices=Binding.Span.choices, initial=Binding.Span.MONTH)
    hourly = forms.BooleanField(label=_("run every hour"), required=False, initial=True, help_text=_("Otherwise once a night."))
    correct = forms.ChoiceField(label=_("corrective actions"), choices=Binding.Correct.choices, initial=Binding.Correct.NEVER)
    grace_hours = forms.IntegerField(label=_("grace before one is opened (hours)"), min_value=0, max_value=10_000, initial=24)
    corrector = forms.ModelChoiceField(label=_("who corrects, where no person is to be named"), queryset=User.objects.none(), required=False)
    team = forms.ModelChoiceField(label=_("team concerned"), queryset=Team.objects.filter(archived_at=None), required=False, help_text=_("Left empty, the executing body."))

    def __init__(self, control: Control, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["corrector"].queryset = User.objects.staff().order_by("name")  # type: ignore[attr-defined]
        own: dict[str, forms.Field] = {}
        for param in control.params:
            label = f"{param.label} ({param.unit})" if param.unit else str(param.label)
            if param.kind == "boolean":
                own[f"p_{param.name}"] = forms.BooleanField(label=label, required=False, initial=param.default, help_text=str(param.help))
            elif param.kind == "choice":
                own[f"p_{param.name}"] = forms.ChoiceField(label=label, choices=param.choices, initial=param.default, help_text=str(param.help))
            else:
                own[f"p_{param.name}"] = forms.IntegerField(label=label, min_value=param.minimum, max_value=param.maximum, initial=param.default, help_text=str(param.help))
        self.fields = {**own, **self.fields}
        dress(self)

    def params(self) -> dict[str, Any]:
        """The control's own."""
        return {name.removeprefix("p_"): value for name, value in self.cleaned_data.items() if name.startswith("p_")}

    def facts(self) -> dict[str, Any]:
        """How it is judged."""
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith("p_")}


class AttestationForm(forms.Form):
    """Who attests a clause, and how often."""

    question = forms.CharField(label=_("what is attested"), max_length=300, required=False)
    question_en = forms.CharField(label=_("what is attested, in English"), max_length=300, required=False)
    attester = forms.ModelChoiceField(label=_("attested by"), queryset=User.objects.none())
    attest_days = forms.IntegerField(label=_("attested every (days)"), min_value=1, max_value=1000, initial=90)
    team = forms.ModelChoiceField(label=_("team concerned"), queryset=Team.objects.filter(archived_at=None), required=False, help_text=_("Left empty, the executing body."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["attester"].queryset = User.objects.staff().order_by("name")  # type: ignore[attr-defined]
        dress(self)


class SubmitForm(forms.Form):
    """To whom a draft is put."""

    approvers = forms.ModelMultipleChoiceField(label=_("approved by"), queryset=User.objects.none(), widget=PickMany(key="governance.approver"))
    note = forms.CharField(label=_("what changes and why"), widget=forms.Textarea, required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["approvers"].queryset = picker_of("governance.approver").rows(by)  # type: ignore[attr-defined]
        dress(self)


class PublishForm(forms.Form):
    """From when it holds."""

    effective_from = forms.DateField(label=_("in force from"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        dress(self)
