"""Who reaches what of one household's story, over every operation: inside its region, outside of it, and as a buyer."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx
import pytest

from services.houses import HOUSES
from shared.feed.sight import OPEN_TO_BUYERS as OPEN_TYPES
from shared.house import House
from shared.http.described import described_house
from shared.http.openapi import operations
from shared.security.clients import ALL_SCOPES
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, audit_rows, waiting_events
from tests.conftest import ClientFor, OpenHouse
from tests.contract.access_examples import (
    BUYER,
    OF_OPERATIONS,
    OF_THE_CALLER,
    OF_THE_CITY,
    OF_THE_COUNTY,
    OF_THE_WHOLE_HOUSE,
    OPEN_TO_ALL_REGIONS,
    OPEN_TO_BUYERS,
    OPEN_TO_SUPPLIERS,
    Examples,
    examples_of,
    found_incident,
    policy_value,
)
from tests.journeys.set_ups import Caller
from tests.journeys.story import Story
from tests.mechanism.probe import ON_SQLITE, until

HOME = ("520626", "52", "*")
"""Regions around the household: its county, its province, everywhere."""
OUTSIDE = ("520625", "44", "520626001002", "520626002")
"""The neighbouring county, a partner province, the next village, and the next township."""
PARTNER = ("consumption:read", "consumption:order")
REFUSED = {403, 404}
OPERATIONS = "ops:admin"
_NO_OPERATOR = tuple(scope for scope in ALL_SCOPES if scope != OPERATIONS)
"""Whoever operates sees everybody's jobs."""


class Asked(NamedTuple):
    """An operation and its request about the household of the story."""

    method: str
    template: str
    url: str
    filters: Sequence[str] | None
    """Query parameters of a list that can name the story; none where it is no list."""
    body: dict[str, Any] | None

    @property
    def is_batch(self) -> bool:
        """Whether it is refused thing by thing."""
        return self.template.endswith(("/batch", "/exemptions", "/clues/verdicts", "-reports"))

    @property
    def open(self) -> bool:
        return (self.method, self.template) in {*OPEN_TO_ALL_REGIONS, *OPEN_TO_SUPPLIERS}

    @property
    def of_the_whole_house(self) -> bool:
        return self.template.rpartition("/v1")[2] in OF_THE_WHOLE_HOUSE

    @property
    def of_the_caller(self) -> bool:
        return self.template.rpartition("/v1")[2] in OF_THE_CALLER

    @property
    def makes_its_own(self) -> bool:
        """Whether it makes something of the caller's own region, a job or a webhook: what the tests of these try."""
        name = self.template.rpartition("/v1")[2]
        return (self.method, name) in {
            ("post", "/imports"),
            ("post", "/payments"),
            ("post", "/policy-simulations"),
            ("post", "/policy-values"),
            ("post", "/data-requests"),
            ("post", "/recomputes"),
            ("post", "/report-submissions"),
            ("post", "/screenings"),
            ("post", "/slow-sale-backtests"),
            ("post", "/slow-sales"),
            ("put", "/webhooks/{webhook_code}"),
        }

    @property
    def is_report(self) -> bool:
        """Whether it tells of what the caller may see, which is nothing outside the region: not of one household."""
        if self.template.endswith(
            ("/indicators", "/report-calendar", "/report-calendar/overdue", "/statistics", "/pledges")
        ):
            return True
        return "/reports/" in self.template and "household_code=" not in self.url

    @property
    def is_account(self) -> bool:
        """Whether it is the account of a buyer, or the file of a day: of the orders that the caller deals in."""
        return "/statements/" in self.template or "/reconciliations/" in self.template

    @property
    def is_list(self) -> bool:
        return self.filters is not None


@cache
def published() -> Sequence[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation of everything the houses publish."""
    return [each for house in HOUSES for each in operations(described_house(house).openapi())]


class Told(NamedTuple):
    """The houses after the story."""

    houses: Sequence[House]
    examples: Examples

    def asked(self) -> Iterator[Asked]:
        """Every operation that is published, reading before writing."""
        for template, method, operation in sorted(published(), key=lambda each: each[1] != "get"):
            queries = [each for each in operation.get("parameters", []) if each["in"] == "query"]
            names = [each["name"] for each in queries]
            needed = {each["name"]: self.examples.value(template, each["name"]) for each in queries if each["required"]}
            filters = [name for name in names if self.examples.value(template, name) is not None]
            yield Asked(
                method,
                template,
                self.examples.path(template) + (f"?{urlencode(needed)}" if needed else ""),
                filters if {"cursor", "after"} & set(names) else None,
                self.examples.body(method, template) if "requestBody" in operation else None,
            )


@pytest.fixture
async def told(open_house: OpenHouse, client_for: ClientFor) -> Told:
    """The whole story, told by the county of the household, in five houses that work together."""
    houses = [await open_house(definition, background=True) for definition in HOUSES]
    county = client_for(*houses, region=HOME[0], client_id="county")
    story = Story(Caller(county, {house.name: "" for house in houses}), HOUSEHOLD)
    await story.tell()
    await story.put("buyer", f"/consumption/v1/buyers/{BUYER}", {"client_id": "canteen"})
    await story.post(
        "stock", f"/consumption/v1/products/T-{HOUSEHOLD}/stock", {"change": "1.000", "reason": "新茶入库"}
    )
    home = story.answers["household"]["region_code"]
    await story.post("policy value", "/monitoring/v1/policy-values", policy_value(home))
    await next(house for house in houses if house.name == "monitoring").database.write(found_incident)
    return Told(houses, await examples_of(story))


async def ask(client: httpx.AsyncClient, asked: Asked, **changes: Any) -> httpx.Response:
    body = None if asked.body is None else asked.body | changes
    return await client.request(asked.method.upper(), asked.url, json=body)


async def lists(client: httpx.AsyncClient, told: Told, asked: Asked) -> list[tuple[str, httpx.Response]]:
    """The list as a whole, then by every filter that can name the story."""
    found = [("", await client.get(asked.url))]
    for name in asked.filters or ():
        value = told.examples.value(asked.template, name)
        found.append((name, await client.get(asked.url, params={name: value})))
    return found


def items_of(answer: httpx.Response) -> Any:
    """What a list holds; a package of releases has them under the name of its standard."""
    document = answer.json()
    return document["releases"] if "releases" in document else document["items"]


def code_of(answer: httpx.Response) -> str:
    """The code of a problem; empty for what is none."""
    is_problem = "problem" in answer.headers.get("content-type", "")
    return answer.json()["type"].rpartition(":")[2] if is_problem else ""


def said(asked: Asked, answer: httpx.Response, more: str = "") -> str:
    return f"{asked.method} {asked.template} {more}: {answer.status_code} {answer.text[:300]}"


@ON_SQLITE
async def test_whoever_is_responsible_for_the_household_s_region_reaches_everything(
    told: Told, client_for: ClientFor
) -> None:
    for region in HOME:
        client = client_for(*told.houses, region=region, client_id="inside")
        for asked in told.asked():
            if asked.of_the_whole_house or asked.of_the_caller:
                continue
            if asked.is_list:
                for name, answer in await lists(client, told, asked):
                    assert answer.status_code == 200, said(asked, answer, name)
                    assert items_of(answer), said(asked, answer, name)
                continue
            answer = await ask(client, asked)
            assert answer.is_success or answer.status_code in {409, 422}, said(asked, answer)
            assert code_of(answer) != "invalid", said(asked, answer)


@ON_SQLITE
async def test_whoever_is_not_responsible_for_the_household_s_region_reaches_nothing(
    told: Told, client_for: ClientFor
) -> None:
    for region in OUTSIDE:
        operator = client_for(*told.houses, region=region, client_id="outside")
        officer = client_for(*told.houses, scopes=_NO_OPERATOR, region=region, client_id="outside")
        for asked in told.asked():
            in_the_county = asked.template in OF_THE_COUNTY and region.startswith(HOME[0])
            in_the_city = (asked.method, asked.template) in OF_THE_CITY and region.startswith(HOME[0][:4])
            if asked.of_the_whole_house or asked.makes_its_own or in_the_county or in_the_city:
                continue
            client = officer if asked.of_the_caller else operator
            if asked.open or asked.is_report or asked.is_account:
                answer = await ask(client, asked)
                assert answer.status_code == 200, said(asked, answer)
                assert '"household_code"' not in answer.text, said(asked, answer)
            elif asked.is_list:
                for name, answer in await lists(client, told, asked):
                    nothing = answer.status_code == 200 and items_of(answer) == []
                    may_refuse = name or "{" in asked.template
                    assert nothing or (may_refuse and answer.status_code in REFUSED), said(asked, answer, name)
            else:
                await _is_refused(client, asked)
    for house in told.houses:
        assert [row for row in await audit_rows(house) if row["actor"] == "outside"] == [], house.name


async def _is_refused(client: httpx.AsyncClient, asked: Asked) -> None:
    """As it is sent at home, and as somebody sends it who would have the household, asset or producer for their own."""
    if asked.is_batch:
        items = (await ask(client, asked)).json()["items"]
        assert {item["status"] for item in items} <= REFUSED, str(items)
        return
    bodies = [{}] if "region_code" not in (asked.body or {}) else [{}, {"region_code": OTHER_COUNTY_REGION}]
    for changes in bodies:
        answer = await ask(client, asked, **changes)
        assert answer.status_code in REFUSED, said(asked, answer, str(changes))
        assert code_of(answer) not in {"", "scope-missing"}, said(asked, answer, str(changes))


@ON_SQLITE
@pytest.mark.parametrize("region", ["441900", HOME[0]])
async def test_a_buyer_reaches_the_catalogue_and_its_own_orders_and_nothing_else(
    told: Told, client_for: ClientFor, region: str
) -> None:
    own = client_for(*told.houses, scopes=PARTNER, region=region, client_id="partner", buyers=(BUYER,))
    other = client_for(*told.houses, scopes=PARTNER, region=region, client_id="rival", buyers=("GZ-CANTEEN",))
    for asked in told.asked():
        if asked.of_the_caller:
            continue
        answers = [await ask(client, asked) for client in (own, other)]
        if (asked.method, asked.template) not in OPEN_TO_BUYERS:
            assert [code_of(answer) for answer in answers] == ["scope-missing"] * 2, said(asked, answers[0])
            continue
        mine, foreign = answers
        assert mine.is_success or mine.status_code == 409, said(asked, mine)
        assert '"household_code"' not in mine.text, said(asked, mine)
        if (asked.method, asked.template) in OPEN_TO_ALL_REGIONS:
            assert foreign.json() == mine.json(), said(asked, foreign)
        elif asked.is_list or asked.is_report:
            assert items_of(mine), said(asked, mine)
            of_nobody = [item for item in items_of(foreign) if item.get("type") in OPEN_TYPES]
            assert items_of(foreign) == of_nobody, said(asked, foreign)
        elif asked.is_account:
            assert foreign.status_code in REFUSED or BUYER not in foreign.text, said(asked, foreign)
        else:
            assert foreign.status_code in REFUSED, said(asked, foreign)


@ON_SQLITE
async def test_the_feed_tells_a_buyer_of_its_orders_and_of_what_is_for_sale_anywhere(
    told: Told, client_for: ClientFor
) -> None:
    """The catalogue is for every buyer, an order for its own, and all else for the supply side of its region."""
    [consumption] = [house for house in told.houses if house.name == "consumption"]

    async def nothing_waits() -> bool:
        return await waiting_events(consumption) == []

    await until(nothing_waits)

    async def feed(scopes: Sequence[str], region: str, **who: Any) -> list[dict[str, Any]]:
        client = client_for(consumption, scopes=scopes, region=region, **who)
        found: list[dict[str, Any]] = (await client.get("/consumption/v1/changes")).json()["items"]
        return found

    province = await feed(ALL_SCOPES, "52", client_id="province")
    for_sale = [item for item in province if item["type"] in OPEN_TYPES]
    own = [item for item in province if item in for_sale or item["data"].get("buyer_code") == BUYER]
    assert for_sale
    assert len(for_sale) < len(own) < len(province)
    assert [item for item in own if "household_code" in item["data"]] == []
    assert await feed(ALL_SCOPES, HOME[0], client_id="county") == province
    for region in ("441900", HOME[0], OUTSIDE[0]):
        assert await feed(PARTNER, region, client_id="partner", buyers=(BUYER,)) == own
        assert await feed(PARTNER, region, client_id="canteen") == own, "bound by the register"
        assert await feed(PARTNER, region, client_id="rival", buyers=("GZ-CANTEEN",)) == for_sale
        assert await feed(PARTNER, region, client_id="of-no-buyer") == []
    assert await feed(ALL_SCOPES, OUTSIDE[0], client_id="neighbour") == []


@ON_SQLITE
async def test_what_is_of_a_whole_house_needs_the_scope_of_operations_in_every_region(
    told: Told, client_for: ClientFor
) -> None:
    for region in (HOME[0], OUTSIDE[0], "*"):
        client = client_for(*told.houses, scopes=_NO_OPERATOR, region=region)
        for asked in told.asked():
            answer = await ask(client, asked)
            operates = asked.of_the_whole_house or (asked.method, asked.template) in OF_OPERATIONS
            assert (code_of(answer) == "scope-missing") is operates, said(asked, answer)
