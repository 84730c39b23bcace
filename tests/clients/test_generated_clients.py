"""Clients that are generated from `docs/openapi.json` compile, and do the main job against a running installation."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from deploy.local import maven
from deploy.local.maven import Jars
from tests.journeys.test_newcomer import ROOT, Started, starting
from tests.real_parts import require_or_skip

DOCUMENT: Final = ROOT / "docs" / "openapi.json"
HERE: Final = Path(__file__).parent
JARS: Final = Jars(HERE / "java" / "pom.xml", ROOT / "build" / "clients" / "libs")
OLDEST_JAVA: Final = 17
QUICKLY: Final = "-XX:TieredStopAtLevel=1"
GENERATED: Final = {
    "library": "native",
    "invokerPackage": "shouxian",
    "apiPackage": "shouxian.api",
    "modelPackage": "shouxian.model",
    "openApiNullable": "false",
    "hideGenerationTimestamp": "true",
}
BOUND_SECONDS = 300


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    for start in starting(tmp_path_factory.mktemp("running")):
        yield start(demo=False)


def done(*command: object, cwd: Path, **environment: str) -> str:
    """What a program says that must end well."""
    ended = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=BOUND_SECONDS,
        env={**os.environ, **environment},
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def arguments(running: Started, household_code: str) -> Sequence[str]:
    """What a program is told: where the houses are, who it is, and which household it may make."""
    known = json.loads((running.data / "demo-credentials.json").read_text())["clients"]
    [province] = [client for client in known if client["client_id"] == "province"]
    return running.url, province["client_id"], province["client_secret"], household_code


def assert_did_the_main_job(said: str) -> None:
    lines = said.splitlines()
    assert lines[0].startswith("fact ")
    assert lines[1:] == ["risk new_illness open", "task new_illness open", "problem 404"]


def test_a_python_client_does_the_main_job(running: Started, tmp_path: Path) -> None:
    said = done(
        *(sys.executable, "-m", "openapi_python_client", "generate"),
        *("--path", DOCUMENT, "--config", HERE / "python" / "config.yaml", "--meta", "none"),
        *("--output-path", "shouxian_client"),
        cwd=tmp_path,
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    )
    assert "arning" not in said, "nothing of the document is left out"
    said = done(
        *(sys.executable, HERE / "python" / "main_job.py", *arguments(running, "CLIENT-PYTHON")),
        cwd=tmp_path,
        PYTHONPATH=str(tmp_path),
    )
    assert_did_the_main_job(said)


def test_a_java_client_does_the_main_job(running: Started, tmp_path: Path) -> None:
    require_or_skip(maven.unavailable_reason(JARS, OLDEST_JAVA))
    java, javac, jars = maven.java(OLDEST_JAVA), maven.java_compiler(OLDEST_JAVA), JARS.resolve(OLDEST_JAVA)
    [generator] = jars.glob("openapi-generator-cli-*.jar")
    said = done(
        *(java, QUICKLY, "-jar", generator, "generate", "-g", "java", "-i", DOCUMENT, "-o", "client"),
        *("--additional-properties", ",".join(f"{name}={value}" for name, value in GENERATED.items())),
        *(
            "--global-property",
            "apis,models,supportingFiles,apiTests=false,modelTests=false,apiDocs=false,modelDocs=false",
        ),
        cwd=tmp_path,
    )
    assert "ERROR" not in said, said
    client = [str(path) for path in (tmp_path / "client" / "src" / "main" / "java").rglob("*.java")]
    (tmp_path / "sources").write_text("\n".join([*client, str(HERE / "java" / "MainJob.java")]))
    path = [other for other in sorted(jars.glob("*.jar")) if other != generator]
    classes = os.pathsep.join([*map(str, path), "classes"])
    options = ("-encoding", "UTF-8", "-proc:none", "-nowarn", "-cp", classes, "-d", "classes")
    done(javac, f"-J{QUICKLY}", *options, "@sources", cwd=tmp_path)
    assert_did_the_main_job(
        done(java, QUICKLY, "-cp", classes, "MainJob", *arguments(running, "CLIENT-JAVA"), cwd=tmp_path)
    )
