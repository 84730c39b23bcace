"""The samples of the page on webhooks know what a house signed from what it did not."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import httpx
from standardwebhooks import Webhook

from deploy.local import maven
from deploy.local.maven import JavaUnavailableError
from shared.hooks.signing import headers, new_secret
from tests.clients.test_generated_clients import HERE, OLDEST_JAVA, QUICKLY, done
from tests.journeys.documents import WEBHOOKS, blocks, receiving
from tests.real_parts import require_or_skip

FORMER, SECRET, STRANGE = new_secret(), new_secret(), new_secret()
MINUTE: Final = dt.timedelta(minutes=1)


class Message(NamedTuple):
    """What arrives, and whether it is what a house that signs with the two secrets sent now."""

    name: str
    headers: dict[str, str]
    body: str
    is_ours: bool


def body_of(number: str) -> str:
    return f'{{"id":"{number}","type":"monitoring.risk-raised.v1","subject":"DJ-0001","data":{{"place":"德江"}}}}'


def messages() -> Iterator[Message]:
    now = dt.datetime.now(dt.UTC)

    def sent(name: str, *secrets: str, at: dt.datetime = now, is_ours: bool = False, **instead: str) -> Message:
        number = f"of-{name.replace(' ', '-')}"
        said = headers([Webhook(secret) for secret in secrets], number, at, body_of(number))
        body = instead.pop("body", body_of(number))
        return Message(name, said | {f"webhook-{part}": text for part, text in instead.items()}, body, is_ours)

    yield sent("signed", SECRET, is_ours=True)
    yield sent("rotated", FORMER, SECRET, is_ours=True)
    yield sent("a minute late", SECRET, at=now - MINUTE, is_ours=True)
    yield sent("another secret", STRANGE)
    yield sent("another body", SECRET, body=body_of("of-nobody"))
    yield sent("another id", SECRET, id="of-nobody")
    yield sent("replayed", SECRET, at=now - 10 * MINUTE)
    yield sent("another version", SECRET, signature="v2,AAAA")


def test_the_receiver_in_python_takes_what_is_signed_and_keeps_it_once(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text(f"{SECRET}\n")
    with receiving(tmp_path) as url, httpx.Client(trust_env=False) as client:
        ours = []
        for message in [*messages(), *messages()]:
            answer = client.post(url, content=message.body.encode(), headers=message.headers)
            assert answer.status_code == (204 if message.is_ours else 400), message.name
            ours += [message.body] if message.is_ours else []
        assert ours == ours[:3] * 2
        assert (tmp_path / "changes.jsonl").read_text(encoding="utf-8").splitlines() == ours[:3]


def test_the_signature_in_java_holds_where_it_is_ours(tmp_path: Path) -> None:
    try:
        java, javac = maven.java(OLDEST_JAVA), maven.java_compiler(OLDEST_JAVA)
    except JavaUnavailableError as missing:
        require_or_skip(str(missing))
    [sample] = blocks(WEBHOOKS, "java")
    (tmp_path / "Signature.java").write_text(sample, encoding="utf-8")
    driver = HERE / "java" / "CheckSignature.java"
    done(javac, f"-J{QUICKLY}", "-encoding", "UTF-8", "-d", "classes", "Signature.java", driver, cwd=tmp_path)
    for message in messages():
        said = (message.headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
        command = (java, QUICKLY, "-Dfile.encoding=UTF-8", "-Dsun.jnu.encoding=UTF-8", "-cp", "classes")
        answer = done(*command, "CheckSignature", SECRET, *said, message.body, cwd=tmp_path, LC_ALL="C.UTF-8")
        assert answer.strip() == str(message.is_ours).lower(), message.name
