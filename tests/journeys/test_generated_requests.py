"""Requests made up from the published documents, good and bad: no error of ours, no answer that is not documented."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shared.contracts.catalogue import HOUSES
from tests.journeys.test_newcomer import Started, starting

EXAMPLES = 5
SECONDS = 600.0
NOT_ASKED = ("ignored_auth", "positive_data_acceptance", "negative_data_rejection")
"""The access matrix asks the first. The others cannot hold: what a schema allows may still contradict the register, and
a batch with a bad item is answered 200, item by item."""


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """All five houses, for whatever these requests leave behind."""
    for start in starting(tmp_path_factory.mktemp("generated")):
        yield start()


def token_of(services: Started) -> str:
    """A token of the demo client with every scope."""
    [client, *_] = json.loads((services.data / "demo-credentials.json").read_text(encoding="utf-8"))["clients"]
    answer = httpx.post(
        f"{services.url}/oauth2/token",
        auth=(client["client_id"], client["client_secret"]),
        data={"grant_type": "client_credentials"},
        trust_env=False,
    )
    return str(answer.json()["access_token"])


@pytest.mark.parametrize("house", HOUSES)
def test_no_made_up_request_finds_an_error_or_an_answer_that_is_not_documented(
    services: Started, house: str, tmp_path: Path
) -> None:
    token = token_of(services)
    words = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{services.url}/{house}/openapi.json"),
        *("--header", f"Authorization: Bearer {token}", "--phases", "examples,coverage,fuzzing"),
        *("--exclude-checks", ",".join(NOT_ASKED), "--max-examples", str(EXAMPLES), "--seed", "1"),
        *("--continue-on-failure", "--suppress-health-check", "all", "--warnings", "off", "--no-color"),
    ]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
