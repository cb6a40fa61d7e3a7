"""Addresses of the channels."""

from django.urls import path

from .pages import ledger, mailboxes, notices, sending

app_name = "channels"
urlpatterns = [
    path("notices", notices.bell, name="notices"),
    path("notices/count", notices.count, name="notices_count"),
    path("notices/read", notices.read_all, name="read_all"),
    path("notices/choose", notices.choose, name="choose"),
    path("notices/<int:pk>", notices.follow, name="follow"),
    path("mail/", mailboxes.mailboxes, name="mailboxes"),
    path("mail/new", mailboxes.edit, name="mailbox_new"),
    path("mail/in", ledger.messages_in, name="messages_in"),
    path("mail/out", ledger.messages_out, name="messages_out"),
    path("mail/in/<int:pk>/source", ledger.source, name="source"),
    path("mail/in/<int:pk>/<slug:what>", ledger.act, name="message_act"),
    path("mail/out/<int:pk>/undo", sending.undo, name="undo"),
    path("mail/out/<int:pk>/again", sending.again, name="again"),
    path("mail/<int:pk>", mailboxes.edit, name="mailbox"),
    path("mail/<int:pk>/test", mailboxes.test, name="mailbox_test"),
]
