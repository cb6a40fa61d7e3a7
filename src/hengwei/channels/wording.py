"""What our mails say: the built-in wording of each event, in both languages, and what a place in it may name."""

from __future__ import annotations

from typing import NamedTuple


class Wording(NamedTuple):
    """Subject and body of one event's mail. `{{number}}` and its like are filled in."""

    subject: str
    body: str


#: What a wording may name.
PLACES = ("number", "title", "person", "requester", "actor", "team", "owner", "state", "due", "text", "solution", "link", "reason", "priority", "description", "action", "name", "count", "what")

#: event -> language -> wording. `received`, `reply`, `resolved`, `cancelled`, `too_large` go to the requester; the rest to staff.
BUILT_IN: dict[str, dict[str, Wording]] = {
    "received": {
        "zh-hans": Wording("已收到：{{title}}", "{{person}}，您好：\n\n您的请求我们已收到，编号 {{number}}。\n{{due}}\n\n补充情况或上传截图，请直接回复本邮件；也可以在这里查看进展：\n{{link}}"),
        "en": Wording("Received: {{title}}", "Hello {{person}},\n\nwe have your request. Its number is {{number}}.\n{{due}}\n\nTo add something, or a screenshot, just answer this mail. You can follow it here:\n{{link}}"),
    },
    "reply": {
        "zh-hans": Wording("{{title}}", "{{text}}\n\n{{actor}}"),
        "en": Wording("{{title}}", "{{text}}\n\n{{actor}}"),
    },
    "resolved": {
        "zh-hans": Wording("已解决：{{title}}", "{{person}}，您好：\n\n{{number}} 已处理完成。\n\n{{solution}}\n\n{{action}}如果问题还在，直接回复本邮件即可重新打开。\n{{link}}"),
        "en": Wording("Solved: {{title}}", "Hello {{person}},\n\n{{number}} has been solved.\n\n{{solution}}\n\n{{action}}If anything is still wrong just answer this mail and we take it up again.\n{{link}}"),
    },
    "cancelled": {
        "zh-hans": Wording("已取消：{{title}}", "{{person}}，您好：\n\n{{number}} 已取消，不再处理。\n\n{{text}}\n\n如需继续，请回复本邮件。"),
        "en": Wording("Cancelled: {{title}}", "Hello {{person}},\n\n{{number}} has been cancelled and is no longer worked on.\n\n{{text}}\n\nTo go on, answer this mail."),
    },
    "too_large": {
        "zh-hans": Wording("邮件过大，未能收取：{{title}}", "{{person}}，您好：\n\n您的邮件超过了我们能收取的大小，附件没有收到。请把附件缩小后重发，或在门户中上传：\n{{link}}"),
        "en": Wording("Your mail was too large: {{title}}", "Hello {{person}},\n\nyour mail is larger than what we can take in, and its attachments have not reached us. Please send it again with smaller ones, or upload them in the portal:\n{{link}}"),
    },
    "assigned": {
        "zh-hans": Wording("派给您：{{title}}", "{{person}}：\n\n{{actor}}把 {{number}} 派给了您。{{reason}}\n\n提出人：{{requester}}\n优先级：{{priority}}\n{{due}}\n\n{{description}}\n\n{{link}}"),
        "en": Wording("Assigned to you: {{title}}", "{{person}},\n\n{{actor}} assigned {{number}} to you. {{reason}}\n\nFrom: {{requester}}\nPriority: {{priority}}\n{{due}}\n\n{{description}}\n\n{{link}}"),
    },
    "team_assigned": {
        "zh-hans": Wording("新到{{team}}：{{title}}", "{{person}}：\n\n{{number}} 转到了{{team}}，还没有处理人。\n\n提出人：{{requester}}\n优先级：{{priority}}\n{{due}}\n\n{{description}}\n\n{{link}}"),
        "en": Wording("New for {{team}}: {{title}}", "{{person}},\n\n{{number}} came to {{team}} and nobody has it yet.\n\nFrom: {{requester}}\nPriority: {{priority}}\n{{due}}\n\n{{description}}\n\n{{link}}"),
    },
    "answered": {
        "zh-hans": Wording("有新回复：{{title}}", "{{person}}：\n\n{{actor}}在 {{number}} 中写道：\n\n{{text}}\n\n{{link}}"),
        "en": Wording("New words: {{title}}", "{{person}},\n\n{{actor}} wrote on {{number}}:\n\n{{text}}\n\n{{link}}"),
    },
    "mentioned": {
        "zh-hans": Wording("提到了您：{{title}}", "{{person}}：\n\n{{actor}}在 {{number}} 中提到了您：\n\n{{text}}\n\n{{link}}"),
        "en": Wording("You were mentioned: {{title}}", "{{person}},\n\n{{actor}} mentioned you on {{number}}:\n\n{{text}}\n\n{{link}}"),
    },
    "chased": {
        "zh-hans": Wording("用户催办：{{title}}", "{{person}}：\n\n{{requester}}正在催办 {{number}}。\n{{due}}\n\n{{link}}"),
        "en": Wording("Urged: {{title}}", "{{person}},\n\n{{requester}} asks you to hurry with {{number}}.\n{{due}}\n\n{{link}}"),
    },
    "escalated": {
        "zh-hans": Wording("时限预警：{{title}}", "{{person}}：\n\n{{number}} {{reason}}。\n\n处理人：{{owner}}\n提出人：{{requester}}\n优先级：{{priority}}\n{{due}}\n\n{{link}}"),
        "en": Wording("Time is running out: {{title}}", "{{person}},\n\n{{number}}: {{reason}}.\n\nHandled by: {{owner}}\nFrom: {{requester}}\nPriority: {{priority}}\n{{due}}\n\n{{link}}"),
    },
    "reopened": {
        "zh-hans": Wording("重新打开：{{title}}", "{{person}}：\n\n{{number}} 被{{actor}}重新打开。\n\n{{text}}\n\n{{link}}"),
        "en": Wording("Reopened: {{title}}", "{{person}},\n\n{{actor}} reopened {{number}}.\n\n{{text}}\n\n{{link}}"),
    },
    "asked": {
        "zh-hans": Wording("请您协查：{{title}}", "{{person}}：\n\n{{actor}}请您协查 {{number}}：\n\n{{reason}}\n\n{{link}}"),
        "en": Wording("You are asked: {{title}}", "{{person}},\n\n{{actor}} asks you about {{number}}:\n\n{{reason}}\n\n{{link}}"),
    },
    "due": {
        "zh-hans": Wording("到时提醒：{{title}}", "{{person}}：\n\n{{number}}：{{reason}}。\n\n{{link}}"),
        "en": Wording("Due now: {{title}}", "{{person}},\n\n{{number}}: {{reason}}.\n\n{{link}}"),
    },
    "approval": {
        "zh-hans": Wording("待您审批：{{title}}", "{{person}}：\n\n{{actor}}提请您审批 {{number}}。{{reason}}\n\n提出人：{{requester}}\n\n{{description}}\n\n打开下面的链接查看并审批，在页面上确认之前不会生效：\n{{link}}"),
        "en": Wording("Your approval is asked: {{title}}", "{{person}},\n\n{{actor}} asks you to approve {{number}}. {{reason}}\n\nFrom: {{requester}}\n\n{{description}}\n\nLook and decide here; nothing counts before you confirm it on the page:\n{{link}}"),
    },
    "approval_done": {
        "zh-hans": Wording("审批结果（{{reason}}）：{{title}}", "{{person}}：\n\n{{number}} 的审批结果：{{reason}}。\n\n{{link}}"),
        "en": Wording("Approval ended ({{reason}}): {{title}}", "{{person}},\n\nthe approval of {{number}} ended: {{reason}}.\n\n{{link}}"),
    },
    "approval_stuck": {
        "zh-hans": Wording("找不到审批人：{{title}}", "{{person}}：\n\n{{number}} 的审批找不到审批人：{{reason}}。请打开工单指定审批人，否则审批无法继续。\n\n{{link}}"),
        "en": Wording("No approver found: {{title}}", "{{person}},\n\nno approver was found for {{number}}: {{reason}}. Please name one on the item; the approval waits until then.\n\n{{link}}"),
    },
    "approval_late": {
        "zh-hans": Wording("审批超时：{{title}}", "{{person}}：\n\n{{number}} 的审批未按时完成，仍在等待：{{reason}}。请催办，或改请他人审批。\n\n{{link}}"),
        "en": Wording("Approval is late: {{title}}", "{{person}},\n\nthe approval of {{number}} was not decided in time; still waiting for: {{reason}}. Please remind them, or ask somebody else.\n\n{{link}}"),
    },
    "letter": {
        "zh-hans": Wording("{{title}}", "{{text}}"),
        "en": Wording("{{title}}", "{{text}}"),
    },
    "quota": {
        "zh-hans": Wording("邮件过多，已暂停：{{title}}", "{{person}}：\n\n短时间内发往 {{reason}} 的邮件过多（{{number}}），自动邮件已暂停一小时。请检查对方是否在自动回复。\n\n{{link}}"),
        "en": Wording("Too much mail, held: {{title}}", "{{person}},\n\ntoo many mails went to {{reason}} within a short time ({{number}}). Automatic mail to it is held for an hour. Please check whether a machine answers there.\n\n{{link}}"),
    },
    "survey": {
        "zh-hans": Wording("{{title}}", "{{person}}，您好：\n\n{{text}}\n\n请点击填写，只需一两分钟：\n{{link}}\n\n{{reason}}"),
        "en": Wording("{{title}}", "Hello {{person}},\n\n{{text}}\n\nIt takes a minute or two:\n{{link}}\n\n{{reason}}"),
    },
    "survey_again": {
        "zh-hans": Wording("提醒：{{title}}", "{{person}}，您好：\n\n如果您还没有填写，我们仍期待您的意见。\n{{link}}\n\n{{reason}}"),
        "en": Wording("A reminder: {{title}}", "Hello {{person}},\n\nif you have not answered yet we would still like to hear from you.\n{{link}}\n\n{{reason}}"),
    },
    "webhook": {
        "zh-hans": Wording("Webhook 已暂停：{{name}}", "{{person}}：\n\nWebhook“{{name}}”已连续一天推送失败，已自动暂停：{{reason}}。期间的事件会保留，处理后请在设置中恢复。\n\n{{link}}"),
        "en": Wording("Webhook paused: {{name}}", "{{person}},\n\nthe webhook '{{name}}' has failed for a day and is paused: {{reason}}. What happens meanwhile is kept. Please resume it in the settings once it is mended.\n\n{{link}}"),
    },
    "channel": {
        "zh-hans": Wording("通知渠道发送失败：{{name}}", "{{person}}：\n\n通过“{{name}}”发送的通知没有送达：{{reason}}。请在设置中检查该渠道。\n\n{{link}}"),
        "en": Wording("Notices do not arrive: {{name}}", "{{person}},\n\nnotices by '{{name}}' do not arrive: {{reason}}. Please check the channel in the settings.\n\n{{link}}"),
    },
    "chain": {
        "zh-hans": Wording("自动规则互相触发：{{title}}", "{{person}}：\n\n{{number}} 上的自动规则互相触发，已被停止。请检查规则。\n\n{{link}}"),
        "en": Wording("Rules set each other off: {{title}}", "{{person}},\n\nrules set each other off on {{number}} and were stopped. Please check them.\n\n{{link}}"),
    },
    "major": {
        "zh-hans": Wording("重大故障：{{title}}", "{{person}}：\n\n{{actor}}已将 {{number}} 升为重大故障。\n\n处理人：{{owner}}\n团队：{{team}}\n\n{{description}}\n\n{{link}}"),
        "en": Wording("Major incident: {{title}}", "{{person}},\n\n{{actor}} declared {{number}} a major incident.\n\nHandled by: {{owner}}\nTeam: {{team}}\n\n{{description}}\n\n{{link}}"),
    },
    "follow_up": {
        "zh-hans": Wording("回访任务：{{reason}}", "{{person}}：\n\n有一项回访由您负责：{{reason}}\n\n{{link}}"),
        "en": Wording("A follow-up: {{reason}}", "{{person}},\n\na follow-up is yours: {{reason}}\n\n{{link}}"),
    },
    "rule": {
        "zh-hans": Wording("{{name}}：{{title}}", "{{person}}：\n\n{{reason}}\n\n{{number}} {{title}}\n提出人：{{requester}}\n处理人：{{owner}}\n优先级：{{priority}}\n{{due}}\n\n{{link}}"),
        "en": Wording("{{name}}: {{title}}", "{{person}},\n\n{{reason}}\n\n{{number}} {{title}}\nFrom: {{requester}}\nHandled by: {{owner}}\nPriority: {{priority}}\n{{due}}\n\n{{link}}"),
    },
    "reading": {
        "zh-hans": Wording("请阅读并确认：{{name}}", "{{person}}：\n\n请阅读“{{name}}”并确认。{{reason}}\n\n{{link}}"),
        "en": Wording("Please read and acknowledge: {{name}}", "{{person}},\n\nplease read '{{name}}' and acknowledge it. {{reason}}\n\n{{link}}"),
    },
    "review": {
        "zh-hans": Wording("复审提醒：{{name}}", "{{person}}：\n\n“{{name}}”的复审：{{reason}}。\n\n{{link}}"),
        "en": Wording("Time for a review: {{name}}", "{{person}},\n\nthe review of '{{name}}': {{reason}}.\n\n{{link}}"),
    },
    "article": {
        "zh-hans": Wording("知识文章：{{name}}", "{{person}}：\n\n“{{name}}”：{{reason}}。\n\n{{link}}"),
        "en": Wording("Article: {{name}}", "{{person}},\n\n'{{name}}': {{reason}}.\n\n{{link}}"),
    },
    "expiring": {
        "zh-hans": Wording("协议即将到期：{{name}}", "{{person}}：\n\n协议“{{name}}”将于 {{reason}} 到期，尚未续签。\n\n{{link}}"),
        "en": Wording("An agreement ends: {{name}}", "{{person}},\n\nthe agreement '{{name}}' ends on {{reason}} and is not renewed yet.\n\n{{link}}"),
    },
    "digest": {
        "zh-hans": Wording("{{count}} 条通知", "{{person}}：\n\n{{text}}\n\n{{link}}"),
        "en": Wording("{{count}} notices", "{{person}},\n\n{{text}}\n\n{{link}}"),
    },
}

#: For chat and SMS, by language: (about no item, about an item). `{{what}}` is the sentence under the bell.
SHORT: dict[str, tuple[str, str]] = {
    "zh-hans": ("{{what}}\n{{link}}", "{{number}} {{title}}\n{{what}}\n{{due}}\n{{link}}"),
    "en": ("{{what}}\n{{link}}", "{{number}} {{title}}\n{{what}}\n{{due}}\n{{link}}"),
}


def built_in(event: str, language: str) -> Wording:
    """The built-in wording of an event's mail."""
    return BUILT_IN[event].get(language) or BUILT_IN[event]["zh-hans"]
