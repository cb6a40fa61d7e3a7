"""The forms of the knowledge base."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hengwei.core.i18n import is_chinese
from hengwei.core.models import SynonymGroup
from hengwei.knowledge.models import Article, Audience, Category, Fault, System
from hengwei.org.models import Customer, Team, User
from hengwei.ui.kit import KitForm, KitModelForm

_BETWEEN = re.compile(r"[,，、;；\n]")


class WordsField(forms.CharField):
    """Several words in one line, between commas."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return list(value)
        return [word.strip() for word in _BETWEEN.split(super().to_python(value) or "") if word.strip()]

    def prepare_value(self, value: Any) -> Any:
        return ("，" if is_chinese() else ", ").join(value) if isinstance(value, list | tuple) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(initial) != self.to_python(data))

    def run_validators(self, value: Any) -> None:
        pass


class _Audienced:
    """What forms with an audience share: only what is in use is offered."""

    def offer(self) -> None:
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]
        fields["customers"].queryset = Customer.objects.filter(archived_at=None)
        fields["teams"].queryset = Team.objects.filter(archived_at=None)
        for name in ("customers", "teams"):
            fields[name].widget.attrs["size"] = 4


class ArticleForm(_Audienced, KitModelForm):
    """Everything of an article that is not its words."""

    tags = WordsField(label=_("tags"), required=False, help_text=_("Between commas."))

    class Meta:
        model = Article
        fields = ["kind", "category", "tags", "audience", "customers", "teams", "owner", "review_days", "valid_from", "valid_until"]
        widgets = {"valid_from": forms.DateInput(), "valid_until": forms.DateInput()}

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer()
        self.fields["category"].queryset = Category.objects.visible_to(user).usable()  # type: ignore[attr-defined]
        self.fields["owner"].queryset = User.objects.staff().order_by("name", "id")  # type: ignore[attr-defined]
        self.fields["review_days"].required = False

    def facts(self) -> dict[str, Any]:
        """What was filled in, for the actions."""
        data = {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}
        if data.get("review_days") is None:
            data.pop("review_days", None)
        return data


class CategoryForm(_Audienced, KitModelForm):
    """A category."""

    fieldsets = [
        (_("Name"), ["name", "name_en", "key", "parent", "description", "description_en", "icon", "order"]),
        (_("For whom"), ["audience", "customers", "teams"]),
    ]

    class Meta:
        model = Category
        fields = ["name", "name_en", "key", "parent", "description", "description_en", "icon", "order", "audience", "customers", "teams"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer()
        self.fields["audience"].help_text = _("Who may not read a category does not learn that it exists, nor anything below it.")
        self.fields["parent"].queryset = Category.objects.usable().exclude(pk=self.instance.pk)  # type: ignore[attr-defined]


class SystemForm(KitModelForm):
    """A system of the maintenance manual."""

    aliases = WordsField(label=_("also called"), required=False, help_text=_("Between commas: the words that people use for it."))
    category_keys = WordsField(label=_("opens for items of these categories"), required=False, help_text=_("Keys of categories of work items, between commas, such as erp, vpn."))

    class Meta:
        model = System
        fields = ["name", "name_en", "aliases", "category_keys", "description", "team", "article"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.filter(archived_at=None)  # type: ignore[attr-defined]
        self.fields["article"].queryset = Article.objects.filter(kind="manual").order_by("number")  # type: ignore[attr-defined]


class FaultForm(KitModelForm):
    """A fault; its steps are rows inside."""

    fieldsets = [
        (_("Fault"), ["system", "title", "title_en", "order"]),
        (_("How it shows, and why"), ["symptoms", "symptoms_en", "cause", "cause_en", "escalate_to"]),
    ]
    wide = ("escalate_to",)

    class Meta:
        model = Fault
        fields = ["system", "title", "title_en", "order", "symptoms", "symptoms_en", "cause", "cause_en", "escalate_to"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["system"].queryset = System.objects.in_use()  # type: ignore[attr-defined]
        self.fields["order"].required = False


class StepForm(forms.Form):
    """A step of a fault."""

    text = forms.CharField(label=_("what to do"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    expected = forms.CharField(label=_("expected result"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=500)
    text_en = forms.CharField(label=_("what to do, in English"), widget=forms.Textarea(attrs={"rows": 1}), required=False)
    expected_en = forms.CharField(label=_("expected result in English"), widget=forms.Textarea(attrs={"rows": 1}), required=False, max_length=500)
    check_only = forms.BooleanField(label=_("a check, changes nothing"), required=False)


Steps = forms.formset_factory(StepForm, extra=0, can_delete=True, can_order=True)


class SynonymForm(KitModelForm):
    """Words that mean the same."""

    words = WordsField(label=_("words"), help_text=_("Between commas, such as printer, copier, 打印机."))
    wide = ("words",)

    class Meta:
        model = SynonymGroup
        fields = ["words"]


class AnswerForm(KitForm):
    """What the owner answers to a reader."""

    answer = forms.CharField(label=_("answer"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class WhyNotForm(KitForm):
    """Why it is not taken up."""

    answer = forms.CharField(label=_("why not"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ImportForm(KitForm):
    """What an import's articles get that their files do not say."""

    category = forms.ModelChoiceField(label=_("category"), queryset=Category.objects.none(), required=False, help_text=_("For files that name none."))
    audience = forms.ChoiceField(label=_("for whom"), choices=[(a.value, a.label) for a in Audience if a not in (Audience.SOME_CUSTOMERS, Audience.TEAMS)], initial=Audience.STAFF)
    twice = forms.BooleanField(label=_("also where an article of that title exists"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.visible_to(user).usable()  # type: ignore[attr-defined]
