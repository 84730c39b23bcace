"""Registers a household, records an illness, and prints the risk and the task that come of it, and a refusal."""

import datetime as dt
import sys
import time

from shouxian_client import AuthenticatedClient, Client
from shouxian_client.api.assistance import list_tasks
from shouxian_client.api.monitoring import get_household, list_risks, record_facts, register_household
from shouxian_client.api.process import issue_token
from shouxian_client.models.fact_stored import FactStored
from shouxian_client.models.health import Health
from shouxian_client.models.household_category import HouseholdCategory
from shouxian_client.models.household_in import HouseholdIn
from shouxian_client.models.household_out import HouseholdOut
from shouxian_client.models.illness_fact import IllnessFact
from shouxian_client.models.illness_payload import IllnessPayload
from shouxian_client.models.issue_token_body import IssueTokenBody
from shouxian_client.models.issue_token_body_grant_type import IssueTokenBodyGrantType
from shouxian_client.models.labour import Labour
from shouxian_client.models.member_in import MemberIn
from shouxian_client.models.page_risk_out import PageRiskOut
from shouxian_client.models.page_task_out import PageTaskOut
from shouxian_client.models.problem import Problem
from shouxian_client.models.relation import Relation
from shouxian_client.models.sex import Sex
from shouxian_client.models.token import Token

PATIENCE_SECONDS = 30


def main(url: str, client_id: str, secret: str, code: str) -> None:
    asking = IssueTokenBody(IssueTokenBodyGrantType.CLIENT_CREDENTIALS, client_id=client_id, client_secret=secret)
    token = issue_token.sync(client=Client(url), body=asking)
    assert isinstance(token, Token), token
    client = AuthenticatedClient(url, token.access_token)

    born = dt.date(1980, 5, 1)
    head = MemberIn(1, Relation.HEAD, Sex.M, Labour.ORDINARY, name="赵一", birth_date=born, health=Health.HEALTHY)
    household = HouseholdIn("520626001001", HouseholdCategory.ORDINARY, dt.date(2020, 1, 1), [head])
    registered = register_household.sync(code, client=client, body=household)
    assert isinstance(registered, HouseholdOut), registered

    illness = IllnessFact(
        source="village-report",
        source_ref=f"python-{code}",
        household_code=code,
        member_no=1,
        observed_on=dt.date(2026, 11, 2),
        type_="illness",
        payload=IllnessPayload(code="C34.9", name="肺癌", serious=True),
    )
    stored = record_facts.sync(client=client, body=illness)
    assert isinstance(stored, FactStored), stored
    print("fact", stored.fact_id)

    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        risks = list_risks.sync(client=client, household_code=code)
        tasks = list_tasks.sync(client=client, household_code=code)
        assert isinstance(risks, PageRiskOut), risks
        assert isinstance(tasks, PageTaskOut), tasks
        if risks.items and tasks.items:
            print("risk", risks.items[0].kind, risks.items[0].status)
            print("task", tasks.items[0].kind, tasks.items[0].status)
            break
        assert time.monotonic() < end, "no task came of the fact"
        time.sleep(0.1)

    refused = get_household.sync_detailed("NOBODY", client=client)
    assert isinstance(refused.parsed, Problem), refused
    print("problem", int(refused.status_code))


if __name__ == "__main__":
    main(*sys.argv[1:])
