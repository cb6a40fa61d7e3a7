"""Addresses of people and customers."""

from django.urls import path

from .pages import account, customers, duty, people, sign_in, teams

app_name = "org"
urlpatterns = [
    path("account/me", account.account, name="account"),
    path("account/me/tokens", account.new_token, name="token_new"),
    path("account/me/tokens/<int:pk>/end", account.end_token, name="token_end"),
    path("account/me/feeds", account.new_feed, name="feed_new"),
    path("org/feed/<str:key>/<str:name>.ics", duty.feed, name="feed"),
    path("org/structure", teams.structure, name="structure"),
    path("org/roles/matrix", teams.matrix, name="role_matrix"),
    path("org/duties/<int:pk>/read", teams.acknowledge, name="acknowledge"),
    path("org/people/<int:pk>/data.json", people.export, name="person_export"),
    path("org/people/<int:pk>/sessions/<int:session>/end", people.sign_out, name="person_sign_out"),
    path("org/rotas/<int:pk>/shifts/<int:shift>/remove", duty.remove, name="shift_remove"),
    path("org/sign-in", sign_in.policy_page, name="sign_in_policy"),
    *sign_in.ProviderPages.urls(),
    *sign_in.DirectoryPages.urls(),
    *people.PeoplePages.urls(),
    *customers.CustomerPages.urls(),
    *teams.TeamPages.urls(),
    *teams.PostPages.urls(),
    *teams.SkillPages.urls(),
    *teams.RolePages.urls(),
    *duty.AbsencePages.urls(),
    *duty.RotaPages.urls(),
]
