"""When a step of an approval is decided: the rule alone, on every pattern of votes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hengwei.work.approving import Mode, Question, Verdict, next_step, verdict, whole

votes = st.lists(st.sampled_from([True, False, None]), max_size=8).map(tuple)
modes = st.sampled_from(list(Mode))
quorums = st.integers(1, 8)


@given(modes, quorums)
def test_a_step_that_nobody_is_asked_in_never_passes(mode, quorum):
    assert verdict(Question(mode, (), quorum)) is Verdict.OPEN


@given(modes, votes, quorums)
def test_nothing_passes_without_somebodys_approval(mode, spoken, quorum):
    if verdict(Question(mode, spoken, quorum)) is Verdict.APPROVED:
        assert True in spoken


@given(modes, votes, quorums, st.randoms())
def test_the_order_of_the_words_does_not_matter(mode, spoken, quorum, random):
    mixed = list(spoken)
    random.shuffle(mixed)
    assert verdict(Question(mode, tuple(mixed), quorum)) is verdict(Question(mode, spoken, quorum))


@given(votes, st.integers(1, 8))
def test_a_quorum_is_reached_by_so_many_and_lost_when_they_cannot_be_reached(spoken, quorum):
    result = verdict(Question(Mode.QUORUM, spoken, quorum))
    yes, left = spoken.count(True), spoken.count(None)
    if yes >= quorum:
        assert result is Verdict.APPROVED
    elif len(spoken) >= quorum and yes + left < quorum:
        assert result is Verdict.REFUSED
    else:
        assert result is Verdict.OPEN


@given(votes)
def test_all_means_all_and_one_refusal_ends_it(spoken):
    result = verdict(Question(Mode.ALL, spoken))
    assert (result is Verdict.APPROVED) == (bool(spoken) and all(vote is True for vote in spoken))
    assert (result is Verdict.REFUSED) == (False in spoken)


@given(modes, votes.filter(bool), quorums)
def test_one_more_person_asked_never_approves_by_being_asked(mode, spoken, quorum):
    before = verdict(Question(mode, spoken, quorum))
    after = verdict(Question(mode, (*spoken, None), quorum))
    if before is not Verdict.APPROVED:
        assert after is not Verdict.APPROVED


@given(modes, votes, quorums, st.data())
def test_what_is_approved_stays_so_when_others_approve_too(mode, spoken, quorum, data):
    if verdict(Question(mode, spoken, quorum)) is Verdict.APPROVED and None in spoken:
        place = data.draw(st.sampled_from([i for i, vote in enumerate(spoken) if vote is None]))
        later = (*spoken[:place], True, *spoken[place + 1 :])
        assert verdict(Question(mode, later, quorum)) is Verdict.APPROVED


@given(st.lists(st.sampled_from(list(Verdict)), max_size=6))
def test_the_steps_follow_one_another_until_the_whole_is_decided(verdicts):
    at = next_step(verdicts)
    if whole(verdicts) is not Verdict.OPEN or not verdicts:
        assert at is None
    else:
        assert at is not None
        assert verdicts[at] is Verdict.OPEN
        assert all(one is Verdict.APPROVED for one in verdicts[:at])
