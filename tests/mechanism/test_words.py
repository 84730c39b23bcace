"""Sentences as data: written out in the language of whoever reads them, also long after they were said."""

import datetime as dt
import json

import pytest

from shared.codes.operations import JobStatus
from shared.words.language import Language, accepted, speaking
from shared.words.said import Said, says


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, Language.EN),
        ("", Language.EN),
        ("zh", Language.ZH),
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.ZH),
        ("zh-Hans-CN", Language.ZH),
        ("en;q=0.5, zh-TW;q=0.7", Language.ZH),
        ("en, zh", Language.EN),
        ("fr, de;q=0.9", Language.EN),
        ("zh;q=0", Language.EN),
        ("*", Language.EN),
        ("zh;q=often", Language.EN),
        (";;;,,=", Language.EN),
    ],
)
def test_the_language_liked_best_is_chosen(header: str | None, language: Language) -> None:
    assert accepted(header, Language.EN) is language


def test_whoever_names_no_language_is_answered_in_that_of_the_process() -> None:
    assert [accepted(header, Language.ZH) for header in (None, "fr", "en")] == [Language.ZH, Language.ZH, Language.EN]


def test_a_kept_sentence_speaks_both_languages() -> None:
    kept = json.loads(json.dumps(says("job-has-ended", status=JobStatus.CANCELLED).as_document()))
    said = Said.of(kept)
    assert (said.written(Language.EN), said.written(Language.ZH)) == (
        "the job is cancelled",
        "该作业的状态为“已取消”",
    )


def test_a_sentence_stands_within_another_one() -> None:
    inner = says("job-has-ended", status=JobStatus.DONE)
    for said in (outer := says("finding", pointer="/a", finding=inner), outer):
        assert said.written(Language.EN) == "/a: the job is done"
        assert said.written(Language.ZH).startswith("/a：该作业")


def test_a_kept_sentence_within_a_sentence_speaks_both_languages() -> None:
    place = says("places", regions=["520626", says("everywhere")])
    kept = json.loads(json.dumps(says("region-outside", region="44", place=place).as_document()))
    assert Said.of(kept).written(Language.EN) == "region 44 lies outside 520626, everywhere"
    assert Said.of(kept).written(Language.ZH) == "地区 44 不在管辖区域（520626、全部地区）内"


def test_what_a_later_release_says_is_named_by_its_code() -> None:
    assert (
        Said("said-by-a-later-release", {"day": dt.date(2026, 5, 1)}).written(Language.ZH) == "said-by-a-later-release"
    )


def test_a_kept_sentence_that_lacks_a_value_shows_where_it_stood() -> None:
    assert says("body-too-large").written(Language.EN) == "a body may hold … bytes at most"


def test_what_an_earlier_release_kept_as_text_stays_as_it_was() -> None:
    assert Said.of("kept as text").written(Language.ZH) == "kept as text"


def test_the_text_follows_the_language_of_the_request() -> None:
    said = says("send-json")
    texts = []
    for language in Language:
        token = speaking.set(language)
        texts.append(said.text)
        speaking.reset(token)
    assert texts == ["send application/json", "请以 application/json 提交"]
