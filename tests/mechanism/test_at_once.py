"""What is asked for by several at once when a process starts: the secrets of a data folder, the keys of an issuer."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.security.issuer import CREDENTIALS_FILE, Issuer, open_issuer
from tests.mechanism.outside_issuer import NAMES, OutsideIssuer, outside_issuer, signed
from tests.mechanism.probe import BOUND_SECONDS, until


@pytest.fixture
def outside() -> Iterator[OutsideIssuer]:
    with outside_issuer() as found:
        yield found


async def test_the_first_tokens_are_all_recognised_by_one_fetch_that_holds_nobody_up(outside: OutsideIssuer) -> None:
    key, verifier = Ed25519PrivateKey.generate(), outside.verifier()
    outside.publish(k1=key)
    outside.answers.clear()
    subjects = [f"client-{number}" for number in range(8)]
    asking = [asyncio.create_task(verifier.recognise(signed("k1", key, sub=subject))) for subject in subjects]
    await until(lambda: outside.asked)
    assert not any(task.done() for task in asking), "the loop goes on while the issuer takes its time"
    outside.answers.set()
    async with asyncio.timeout(BOUND_SECONDS):
        assert [found.actor.id for found in await asyncio.gather(*asking)] == subjects
    assert outside.asked == 1


def test_processes_that_start_together_agree_on_the_secrets(tmp_path: Path) -> None:
    opened: list[Issuer] = []

    def start() -> None:
        opened.append(open_issuer(tmp_path, base_url="http://127.0.0.1:8000", demonstration=True, **NAMES))

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [client, *_] = json.loads((tmp_path / CREDENTIALS_FILE).read_text())["clients"]
    keys = {issuer.public_key.public_bytes_raw() for issuer in opened}
    assert (len(opened), len(keys)) == (6, 1)
    for issuer in opened:
        assert issuer.token(client["client_id"], client["client_secret"], None)["token_type"] == "Bearer"
