"""What each timer does, in the reader's language; the code says it in English beside the function."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengwei.core.errors import Message

WORDS: dict[str, Message] = {
    "core.learn_words": _("Learns which words a misspelt one may have meant"),
    "core.note_audit_head": _("Notes the end of the audit log's chain outside of the database"),
    "core.look_for_lost_jobs": _("Takes up again what a dead worker held, and forgets jobs done a week ago"),
    "org.sync_directories": _("Reads all directories, and forgets old failures to sign in"),
    "work.sweep_clocks": _("Warns, escalates and records breaches"),
    "work.bring_back_waiting": _("Takes items out of waiting whose agreed moment has come"),
    "work.remind_approvers": _("Reminds approvers, and says what is past its deadline"),
    "work.bring_back_snoozed": _("Puts what was put off back into the queue"),
    "work.questions_and_calls": _("Says of questions to colleagues and promised calls that their time has come"),
    "work.tend_agreements": _("Begins and ends agreements, and reminds their owners of renewals"),
    "knowledge.remind_of_reviews": _("Tells owners of articles to review"),
    "knowledge.look_at_links": _("Looks for links of articles that lead nowhere any more"),
    "desk.close_what_nobody_opposes": _("Closes what was resolved and not opposed in time"),
    "desk.lead_surveys": _("Reminds of surveys, and ends those that are over"),
    "desk.plan_follow_ups": _("Plans the regular follow-ups"),
    "channels.look_for_notices": _("Sends notices that waited for the morning or a digest"),
    "channels.look_for_mail": _("Fetches each mailbox, and takes up what a dead process left"),
    "channels.clear_away": _("Clears away the log of what was delivered long ago"),
    "flows.run_timed_rules": _("Runs the automation rules that go by time"),
    "flows.train_nightly": _("Learns suggestions anew"),
    "governance.run_controls": _("Runs the hourly controls, and opens the corrective actions that they ask for"),
    "governance.run_daily_controls": _("Runs all controls, and freezes the month that is over"),
    "governance.remind_readers": _("Reminds readers to acknowledge, and of reviews that are due"),
}


def in_words(name: str, label: str) -> str:
    """What a timer does; one without words by what its code says."""
    return str(WORDS.get(name, label))
