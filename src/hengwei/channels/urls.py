"""Addresses of the channels."""

from django.urls import path

from .pages import calls, ledger, mailboxes, notices, sending, templates
from .pages.chat import ChannelPages, ChatLogPages
from .pages.webhooks import CallPages, DeliveryPages, HookPages, WebhookPages

app_name = "channels"
urlpatterns = [
    path("hooks/<str:token>", calls.call, name="hook_call"),
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
    path("mail/out/<int:pk>/again", sending.again, name="again"),
    path("mail/<int:pk>", mailboxes.edit, name="mailbox"),
    path("mail/<int:pk>/test", mailboxes.test, name="mailbox_test"),
    path("mail/words", templates.overview, name="templates"),
    path("mail/words/<slug:event>", templates.edit, name="template"),
    path("mail/words/<slug:event>/<slug:language>/reset", templates.reset, name="template_reset"),
    path("mail/words/<slug:event>/<slug:language>/preview", templates.preview, name="template_preview"),
    *ChannelPages.urls(),
    *ChatLogPages.urls(),
    *WebhookPages.urls(),
    *DeliveryPages.urls(),
    *HookPages.urls(),
    *CallPages.urls(),
]
