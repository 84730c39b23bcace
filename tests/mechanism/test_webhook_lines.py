"""The line before a receiver: of each subject in order, whatever fails, and nobody waits for another subject."""

import datetime as dt
import random
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codes.operations import PauseCause
from shared.hooks.calling import Outcome
from shared.hooks.lines import FAILURES_OF_THE_DEAD, UNREACHED_OF_THE_DEAD, WINDOW, Item, Line
from shared.hooks.retries import GIVE_UP, asked_pause, pause_after
from shared.ids import new_id
from shared.words.said import Said

NOW = dt.datetime(2026, 11, 16, 2, tzinfo=dt.UTC)
TAKEN = Outcome(204, None)
SILENT = Outcome(None, Said.of("silent"))
REFUSED = Outcome(422, Said.of("refused"))
GONE = Outcome(410, Said.of("gone"))


def item(seq: int, subject: str = "DJ-0001") -> Item:
    return Item(seq, new_id(), "monitoring.risk-raised.v1", subject, f"change {seq}")


def line_of(*subjects: str) -> Line:
    """A line in which a change of each of these subjects waits, in this order."""
    line = Line(0)
    line.add(item(seq, subject) for seq, subject in enumerate(subjects, 1))
    line.read_to = len(subjects)
    return line


def sent(line: Line, now: dt.datetime = NOW, share: int = 16) -> list[Item]:
    return list(line.next_to_send(now, share))


def settle(line: Line, one: Item, outcome: Outcome, now: dt.datetime = NOW) -> None:
    if outcome.delivered:
        line.delivered(one, now)
    else:
        line.failed(one, outcome, now)


def test_one_is_on_its_way_at_first_and_twice_as_many_with_each_that_is_taken() -> None:
    line = line_of(*(f"DJ-{number}" for number in range(100)))
    seen = []
    for _ in range(6):
        under_way = sent(line)
        seen.append(len(under_way))
        for one in under_way[:1]:
            line.delivered(one, NOW)
        for one in under_way[1:]:
            line.under_way.discard(one.subject)
            line._fresh.appendleft(one.subject)
    assert seen == [1, 2, 4, 8, 16, 16]


@given(st.data())
def test_each_subject_is_sent_in_order_and_nothing_is_passed_before_it_is_taken_or_has_a_row(
    data: st.DataObject,
) -> None:
    """Any order of sending, answering and writing down, with any outcome."""
    subjects = data.draw(st.lists(st.sampled_from("abcd"), min_size=1, max_size=30))
    line, now = line_of(*subjects), NOW
    under_way: list[Item] = []
    unwritten: list[Item] = []
    taken: dict[str, list[int]] = defaultdict(list)
    rows: set[int] = set()
    for _ in range(500):
        if not line._of_subject and not unwritten:
            break
        under_way += sent(line, now)
        assert len({one.subject for one in under_way}) == len(under_way), "one of a subject at a time"
        step = data.draw(st.sampled_from(["answer", "write", "wait"]))
        if step == "answer" and under_way:
            one = under_way.pop(data.draw(st.integers(0, len(under_way) - 1)))
            outcome = data.draw(st.sampled_from([TAKEN, TAKEN, TAKEN, SILENT, REFUSED]))
            settle(line, one, outcome, now)
            if outcome.delivered:
                taken[one.subject].append(one.seq)
            unwritten.append(one)
        elif step == "write":
            rows |= {one.seq for one in unwritten}
            rows |= {one.seq for one in line.take_rows(unwritten)}
            unwritten.clear()
        else:
            now += dt.timedelta(minutes=20)
        assert set(range(1, line.passed + 1)) <= rows
        for seqs in taken.values():
            assert seqs == sorted(seqs)


def test_a_receiver_that_refuses_some_changes_goes_on_getting_the_others() -> None:
    line = line_of(*(f"DJ-{number}" for number in range(20)))
    for _ in range(20):
        for one in sent(line, share=1):
            settle(line, one, REFUSED)
    assert not line.is_dead
    line.add([item(21, "DJ-new")])
    assert [one.seq for one in sent(line)] == [21]
    assert len(line.take_rows([])) == 0


def test_a_dead_receiver_is_tried_with_the_oldest_now_and_then_and_with_news_after_a_minute() -> None:
    line = line_of(*(f"DJ-{number}" for number in range(20)))
    for _ in range(UNREACHED_OF_THE_DEAD):
        [one] = sent(line)
        settle(line, one, SILENT)
    assert line.is_dead
    assert sent(line) == []
    [oldest] = sent(line, NOW + dt.timedelta(seconds=30))
    assert oldest.seq == 1
    settle(line, oldest, SILENT, NOW + dt.timedelta(seconds=30))
    hour = NOW + dt.timedelta(hours=1)
    line.next_try_at = hour + dt.timedelta(hours=3)
    line.last_failed_at = hour - dt.timedelta(seconds=59)
    assert sent(line, hour) == []
    [news] = sent(line, hour + dt.timedelta(seconds=1))
    assert news.seq == UNREACHED_OF_THE_DEAD + 1
    line.delivered(news, hour)
    assert not line.is_dead
    assert sent(line, hour)[0].seq == 1, "what was not reached is due at once"


def test_what_waits_behind_a_failure_gets_a_row_so_that_the_place_goes_on() -> None:
    line = line_of("DJ-1", "DJ-1", "DJ-2")
    [first] = sent(line)
    settle(line, first, REFUSED)
    assert [one.seq for one in line.take_rows([first])] == [2]
    assert line.passed == 2
    line.add([item(4, "DJ-1")])
    line.read_to = 4
    assert line.needs_rows
    assert [one.seq for one in line.take_rows([])] == [4]
    [third] = sent(line)
    assert (third.seq, line.passed) == (3, 2)
    line.delivered(third, NOW)
    line.take_rows([third])
    assert (line.passed, line.room) == (4, WINDOW)


def test_what_asks_to_be_left_alone_is_and_what_is_gone_is_paused() -> None:
    line = line_of("DJ-1", "DJ-2")
    [one] = sent(line)
    settle(line, one, Outcome(429, Said.of("later"), dt.timedelta(minutes=5)))
    assert sent(line, NOW + dt.timedelta(minutes=4)) == []
    assert len(sent(line, NOW + dt.timedelta(minutes=5))) == 1
    line = line_of("DJ-1", "DJ-2")
    settle(line, sent(line)[0], GONE)
    assert line.paused_because is PauseCause.GONE
    assert sent(line, NOW + dt.timedelta(days=1)) == []


def test_after_three_days_it_is_exhausted() -> None:
    line, now, tries = line_of("DJ-1"), NOW, 0
    while line.paused_because is None:
        [one] = sent(line, now)
        settle(line, one, REFUSED, now)
        tries += 1
        now = one.next_try_at or now
    assert (line.paused_because, now - NOW, line.is_empty) == (PauseCause.EXHAUSTED, GIVE_UP, True)
    assert 10 <= tries <= 13


def test_many_refusals_in_a_row_are_a_dead_receiver_too() -> None:
    line = line_of(*(f"DJ-{number}" for number in range(FAILURES_OF_THE_DEAD + 1)))
    for _ in range(FAILURES_OF_THE_DEAD):
        [one] = sent(line)
        settle(line, one, REFUSED)
    assert line.is_dead


def test_pauses_grow_and_no_two_receivers_come_at_the_same_moment() -> None:
    random.seed(1)
    for failures, seconds in enumerate((5, 30, 120, 600, 3600, 10800, 21600, 43200, 86400, 86400), 1):
        pauses = {pause_after(failures).total_seconds() for _ in range(50)}
        assert len(pauses) > 40
        assert seconds * 0.8 <= min(pauses) <= max(pauses) <= seconds * 1.2


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120),
        (" 120 ", 120),
        ("0", 5),
        ("99999999999999999999", 86400),
        ("Mon, 16 Nov 2026 02:10:00 GMT", 600),
        ("Mon, 16 Nov 2026 01:00:00 GMT", 5),
        ("Mon, 16 Nov 2126 01:00:00 GMT", 86400),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("٣", None),
    ],
)
def test_a_receiver_may_ask_to_be_left_alone_by_seconds_or_by_date(header: str | None, seconds: int | None) -> None:
    asked = asked_pause(header, NOW)
    assert (None if asked is None else asked.total_seconds()) == seconds
