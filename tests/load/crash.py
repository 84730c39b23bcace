"""Kill processes at random under load, then reckon.

What was acknowledged is there once and led to its task once; what was paid is in the ledger, to the fen.
"""

import asyncio
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient

from deploy.local.kafka import KafkaCluster
from shared.contracts.assistance import TaskOpened
from shared.contracts.catalogue import topic_of
from shared.contracts.envelope import EncodedEvent, decode
from shared.contracts.monitoring import RiskRaised
from shared.months import format_month, parse_month
from tests.builders import fact, household
from tests.journeys.listener import Listener
from tests.journeys.money import credited, in_the_ledger, paid_out
from tests.journeys.set_ups import POINTS, Caller, SetUp
from tests.journeys.story import EARNED, KINDS, LEDGER, RISKS, Story

BATCH = 500
ALONE = 0.5
"""How often the next victim dies in a round of its own and not together with the one before."""
POSTERS = 4
TELLERS = 3
"""So many households at a time are told home."""
HOMES = 9
"""So many households come home in one run."""
SINGLE = 25
"""Of so many households one has its history told fact by fact."""
SOURCE = "crash-test"
BROKER, LISTENER = "broker", "listener"
ARMED = 0.3
"""The share of restarts that die again at one of the places of an event's path."""
SETTLE_SECONDS = 180.0
OFFICER_SECONDS = 180.0
"""What officers may take once all is told that they wait for."""
SEAL_SECONDS = 60.0
_FIRST_MONTH, _LAST_MONTH = parse_month("2024-11"), parse_month("2026-10")
_FACTS_OF_HISTORY = 2 * (_LAST_MONTH - _FIRST_MONTH + 1)
_PAUSE = 0.1

DECKS: Mapping[str, Mapping[str, int]] = {
    "embedded": {"shouxian": 52, LISTENER: 4},
    "distributed": {
        "monitoring-serve": 16,
        "monitoring-worker": 12,
        "assistance-serve": 4,
        "assistance-worker": 8,
        "employment-serve": 3,
        "employment-worker": 3,
        "consumption-serve": 3,
        "consumption-worker": 3,
        "assets-serve": 3,
        "assets-worker": 3,
        BROKER: 4,
        LISTENER: 4,
    },
}
"""How often each process of a set-up is killed in one run."""

_COLUMNS = {"wage": "wage", "operating": "operating", "property": "property_", "transfer": "transfer"}
Episode = tuple[str, str, int]
"""Household, kind of risk, episode."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to a household."""

    collapses: bool = False
    illnesses: int = 0
    recovers: bool = False
    visited: bool = False


CALM = Fate()
COLLAPSED = Fate(collapses=True)
ILL = Fate(illnesses=1)
VISITED = Fate(illnesses=1, visited=True)
RECOVERED = Fate(illnesses=1, recovers=True)
RELAPSED = Fate(illnesses=2)
_FATES = (CALM, ILL, CALM, COLLAPSED, CALM, RECOVERED, CALM, VISITED, CALM, RELAPSED)


@dataclass(frozen=True, slots=True)
class County:
    """Households whose risks are known by construction: who is told to be ill is, and nobody else.

    Beside them live some whose income fails and comes home by every branch: their whole story is told.
    """

    prefix: str
    households: int
    homes: int

    @classmethod
    def with_facts(cls, facts: int, prefix: str) -> "County":
        """As many households as it takes to send at least so many facts."""
        return cls(prefix, -(-facts // _FACTS_OF_HISTORY), HOMES)

    def coming_home(self) -> list[str]:
        """The households whose whole story is told."""
        return [home(self.prefix, number) for number in range(self.homes)]

    def fates(self) -> Iterator[tuple[str, Fate]]:
        """Every household with its fate."""
        for number in range(self.households):
            yield f"{self.prefix}{number:05d}", _FATES[number % len(_FATES)]

    def history(self, code: str, fate: Fate) -> list[dict[str, Any]]:
        """Two years of income, the oldest first: two facts a month."""
        facts = []
        for month in range(_FIRST_MONTH, _LAST_MONTH + 1):
            tenth = fate.collapses and month > _LAST_MONTH - 3
            facts.append(_income(code, month, "wage", "300.00" if tenth else "3000.00", "0.00"))
            facts.append(
                _income(code, month, "operating", "100.00" if tenth else "900.00", "40.00" if tenth else "400.00")
            )
        return facts

    def illnesses(self, code: str, fate: Fate) -> list[dict[str, Any]]:
        """What is told one by one: a serious illness, its correction, another serious illness."""
        facts = []
        if fate.illnesses:
            facts.append(_illness(code, "C34.9", serious=True))
        if fate.recovers or fate.illnesses > 1:
            first = {"source": SOURCE, "source_ref": facts[0]["source_ref"]}
            facts.append(_illness(code, "J06.9", serious=False, supersedes=first))
        if fate.illnesses > 1:
            facts.append(_illness(code, "C50.9", serious=True))
        return facts

    def risks(self) -> dict[Episode, tuple[str, str | None]]:
        """What monitoring has to know in the end: status and verdict of each episode."""
        found: dict[Episode, tuple[str, str | None]] = {}
        for code, fate in self.fates():
            if fate.collapses:
                found[code, "income_drop", 1] = ("open", None)
            for episode in range(1, fate.illnesses + 1):
                cleared = fate.recovers or episode < fate.illnesses
                verdict = "confirmed" if fate.visited else None
                found[code, "new_illness", episode] = ("cleared" if cleared else "open", verdict)
        found |= {(code, kind, 1): stands for code in self.coming_home() for kind, stands in RISKS.items()}
        return found

    def tasks(self) -> dict[Episode, tuple[str, str | None]]:
        """What assistance has to know in the end: one task for each episode, its status and verdict."""
        return {
            episode: ("closed" if status == "cleared" or verdict else "open", verdict)
            for episode, (status, verdict) in self.risks().items()
        }

    def ledger(self) -> dict[tuple[str, int], tuple[int, int, int, int]]:
        """The month table: wage, operating and its cost in fen, and how many facts."""
        found: dict[tuple[str, int], tuple[int, int, int, int]] = {}
        for code, fate in self.fates():
            for month in range(_FIRST_MONTH, _LAST_MONTH + 1):
                tenth = fate.collapses and month > _LAST_MONTH - 3
                found[code, month] = (30_000, 10_000, 4_000, 2) if tenth else (300_000, 90_000, 40_000, 2)
        return found


def home(prefix: str, number: int) -> str:
    """A household of the county whose whole story is told."""
    return f"{prefix}HOME{number:03d}"


def _income(code: str, month: int, branch: str, amount: str, cost: str) -> dict[str, Any]:
    text = format_month(month)
    payload = {"branch": branch, "month": text, "amount": amount, "operating_cost": cost}
    return fact("income", f"{code}-{branch}-{text}", payload, source=SOURCE, household_code=code)


def _illness(code: str, icd: str, **changes: Any) -> dict[str, Any]:
    serious = changes.pop("serious")
    payload = {"code": icd, "name": "肺癌" if serious else "上呼吸道感染", "serious": serious, "main_earner": False}
    return fact("illness", f"{code}-{icd}", payload, source=SOURCE, household_code=code, member_no=1, **changes)


Request = list[dict[str, Any]]
"""The facts of one request; one fact alone is sent as a single."""


def scripts(county: County, rng: random.Random) -> list[list[Request]]:
    """What each poster sends, in order. A household belongs to one poster: its facts arrive oldest first."""
    shares: list[list[tuple[str, Fate]]] = [[] for _ in range(POSTERS)]
    for number, one in enumerate(county.fates()):
        shares[number % POSTERS].append(one)
    return [_script(county, share, rng) for share in shares]


def _script(county: County, share: Sequence[tuple[str, Fate]], rng: random.Random) -> list[Request]:
    """Some histories go out fact by fact, the rest in batches; illnesses come between."""
    singles = [
        [[one] for one in [*county.history(code, fate), *county.illnesses(code, fate)]]
        for code, fate in share[::SINGLE]
    ]
    together = [one for number, one in enumerate(share) if number % SINGLE]
    steps = [county.history(code, fate) for code, fate in together]
    column = [one for at in range(0, _FACTS_OF_HISTORY, 4) for history in steps for one in history[at : at + 4]]
    batches = [column[at : at + BATCH] for at in range(0, len(column), BATCH)]
    told = [[[one] for one in county.illnesses(code, fate)] for code, fate in together]
    return _interleaved([batches, *singles, *(each for each in told if each)], rng)


def _interleaved(queues: Sequence[Sequence[Request]], rng: random.Random) -> list[Request]:
    """One sequence of all, each queue in its own order."""
    order = [number for number, queue in enumerate(queues) for _ in queue]
    rng.shuffle(order)
    cursors = [iter(queue) for queue in queues]
    return [next(cursors[number]) for number in order]


@dataclass
class Report:
    """What a run did and what was found wrong in the end."""

    seed: int
    facts: int = 0
    requests: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    repeats: int = 0
    """Records that lie on the bus once more because their relay was killed."""
    load_seconds: float = 0.0
    settle_seconds: float = 0.0
    deliver_seconds: float = 0.0
    """How long the webhooks took, once all was quiet, until their receiver had every change."""
    told: int = 0
    messages: int = 0
    """What webhooks told, and how often a message was taken."""
    back_seconds: float = 0.0
    """How long the last house took to apply an event after the brokers had been away."""
    risks: int = 0
    tasks: int = 0
    homes: int = 0
    credited: int = 0
    """Fen that came home to them."""
    problems: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The report for people."""
        yield f"seed {self.seed}"
        yield f"facts acknowledged {self.facts} in {self.requests} requests and {self.load_seconds:.0f} s"
        yield f"kills {self.kills.total()}: " + ", ".join(f"{name} {n}" for name, n in sorted(self.kills.items()))
        yield f"settled after {self.settle_seconds:.1f} s; risks {self.risks}, tasks {self.tasks}"
        yield f"stories told {self.homes}; came home {self.credited} fen"
        yield f"records repeated on the bus {self.repeats}"
        yield f"told by webhooks {self.told} in {self.messages} messages, the last after {self.deliver_seconds:.1f} s"
        yield from self.problems or ["0 lost, 0 doubled"]


class CrashRun:
    """One county posted while processes are killed, in as many rounds as there are cards in the deck of victims."""

    def __init__(
        self,
        set_up: SetUp,
        listener: Listener,
        county: County,
        deck: Mapping[str, int],
        seed: int,
        cluster: KafkaCluster | None = None,
    ) -> None:
        self._set_up = set_up
        self._listener = listener
        self._county = county
        self._rng = random.Random(seed)
        self._rounds = self._deal(deck)
        self._cluster = cluster
        self._returning: dict[str, asyncio.Task[None]] = {}
        """What takes its time to come back."""
        self._acknowledged: list[str] = []
        self.report = Report(seed)

    async def run(self) -> Report:
        """Post, kill, wait until all is quiet, reckon. The processes run before and after."""
        async with self._set_up.caller() as caller:
            await register(caller, self._county)
            begun = time.monotonic()
            nurse = asyncio.create_task(self._raise_the_dead())
            async with asyncio.TaskGroup() as group:
                visits = group.create_task(visit_all(caller, self._county))
                group.create_task(tell_home(caller, self._county.coming_home()))
                await self._post_and_kill(caller)
                async with asyncio.timeout(OFFICER_SECONDS):
                    await visits
            nurse.cancel()
            self.report.load_seconds = time.monotonic() - begun
        for name in self._set_up.roles:
            self._set_up.kill(name)
            self._set_up.start(name)
            self.report.kills[name] += 1
        await self._set_up.ready()
        self.report.settle_seconds = await self._set_up.settled(SETTLE_SECONDS)
        await Reckoning(self._set_up, self._listener, self._county, self._acknowledged, self.report).reckon()
        return self.report

    def _deal(self, deck: Mapping[str, int]) -> list[list[str]]:
        """Several victims may die in one round, each at most once."""
        cards = [name for name, number in deck.items() for _ in range(number)]
        self._rng.shuffle(cards)
        rounds: list[list[str]] = []
        for card in cards:
            if not rounds or card in rounds[-1] or self._rng.random() < ALONE:
                rounds.append([])
            rounds[-1].append(card)
        return rounds

    async def _post_and_kill(self, caller: Caller) -> None:
        todo = scripts(self._county, self._rng)
        number = len(self._rounds)
        for index, victims in enumerate(self._rounds):
            pieces = [script[index * len(script) // number : (index + 1) * len(script) // number] for script in todo]
            async with asyncio.TaskGroup() as group:
                for piece in pieces:
                    group.create_task(self._post(caller, piece))
                await asyncio.sleep(self._rng.uniform(0, 0.5))
                await self._kill(victims)
        await asyncio.gather(*self._returning.values())

    async def _post(self, caller: Caller, requests: Iterable[Request]) -> None:
        for facts in requests:
            self._acknowledged += await post(caller, facts)
            self.report.requests += 1

    async def _kill(self, victims: Sequence[str]) -> None:
        """All at once, and started again at once; who takes seconds to come back is not waited for."""
        await asyncio.gather(*(self._returning[name] for name in victims if name in self._returning))
        for name in victims:
            if name == BROKER:
                self._returning[name] = await self._kill_broker()
            elif name == LISTENER:
                await self._listener.kill()
                self._returning[name] = asyncio.create_task(self._listener.start())
            else:
                self._kill_process(name)
            self.report.kills[name] += 1

    def _kill_process(self, name: str) -> None:
        """Some of those that come back have an arrow before them where they die once more."""
        self._set_up.kill(name)
        points = [point for point in POINTS if self._set_up.process_of(point) == name]
        self._set_up.start(name, self._rng.choice(points) if self._rng.random() < ARMED else None)

    async def _raise_the_dead(self) -> None:
        """Start again whatever died at its arrow."""
        while True:
            for name in self._set_up.dead():
                self._set_up.kill(name)
                self.report.kills[name] += 1
                self._set_up.start(name)
            await asyncio.sleep(_PAUSE)

    async def _kill_broker(self) -> asyncio.Task[None]:
        assert self._cluster is not None
        node = await _leader(self._cluster)
        await asyncio.to_thread(self._cluster.kill, node)
        return asyncio.create_task(asyncio.to_thread(self._cluster.restart, node))


async def register(caller: Caller, county: County) -> None:
    """Put the households of the county into the registry."""

    async def put(code: str) -> None:
        answer = await caller.insist("PUT", f"/monitoring/v1/households/{code}", household())
        assert answer.status_code in {200, 201}, answer.text

    await _for_each([code for code, _ in county.fates()], POSTERS, put)


async def tell_home(caller: Caller, codes: Sequence[str]) -> None:
    """Tell the stories of these households, some of them at a time."""
    await _for_each(codes, TELLERS, lambda code: Story(caller, code).tell())


async def _for_each(codes: Sequence[str], at_once: int, act: Callable[[str], Awaitable[None]]) -> None:
    waiting = list(codes)

    async def work() -> None:
        while waiting:
            await act(waiting.pop())

    await asyncio.gather(*(work() for _ in range(at_once)))


async def post(caller: Caller, facts: Request) -> list[str]:
    """Send facts, as often as it takes, and return the references that were acknowledged."""
    answer = await caller.insist("POST", "/monitoring/v1/facts", facts[0] if len(facts) == 1 else {"facts": facts})
    assert answer.status_code in {200, 201}, answer.text
    assert answer.json().get("rejected", 0) == 0, answer.text
    return [one["source_ref"] for one in facts]


async def visit_all(caller: Caller, county: County) -> None:
    """Officers take every task of a household that is to be visited to its end."""
    for code, fate in county.fates():
        if fate.visited:
            await visit(caller, code)


async def visit(caller: Caller, code: str) -> None:
    """Take the task of a household to its end, once there is one."""
    while not (found := (await caller.get(f"/assistance/v1/tasks?household_code={code}"))["items"]):
        await asyncio.sleep(_PAUSE)
    path = f"/assistance/v1/tasks/{found[0]['task_id']}/transitions"
    for action in ("accept", "start", "verify", "close"):
        body = {"action": action} | ({"verdict": "confirmed"} if action == "verify" else {})
        answer = await caller.insist("POST", path, body, headers={"Idempotency-Key": f"{code}-{action}"})
        assert answer.status_code == 200, answer.text


class Reckoning:
    """Compares what the databases and the bus hold with what the county makes certain."""

    def __init__(
        self, set_up: SetUp, listener: Listener, county: County, acknowledged: Sequence[str], report: Report
    ) -> None:
        self._set_up = set_up
        self._listener = listener
        self._county = county
        self._acknowledged = acknowledged
        self._report = report

    async def reckon(self) -> None:
        """Write into the report whatever is not as it has to be."""
        set_up, county, report = self._set_up, self._county, self._report
        report.facts = len(self._acknowledged)
        facts = await set_up.rows("monitoring", "fact", "source", "source_ref")
        stored = [fact["source_ref"] for fact in facts if fact["source"] == SOURCE and self._mine(fact["source_ref"])]
        self._compare("facts", Counter(self._acknowledged), Counter(stored))
        months, homes = await set_up.rows("monitoring", "ledger_month"), county.coming_home()
        columns = ("wage", "operating", "operating_cost", "income_facts")
        ledger = {
            (row["household_code"], row["month"]): tuple(row[name] for name in columns)
            for row in months
            if self._mine(row["household_code"]) and row["household_code"] not in homes
        }
        self._compare("months of the ledger", county.ledger(), ledger)
        risks = await self._episodes("monitoring", "risk")
        self._compare("risks", county.risks(), {key: (row["status"], row["verdict"]) for key, row in risks.items()})
        tasks = await self._episodes("assistance", "task")
        self._compare("tasks", county.tasks(), {key: (row["status"], row["verdict"]) for key, row in tasks.items()})
        report.risks, report.tasks = len(risks), len(tasks)
        await self._reckon_events(RiskRaised.event_type, "risk_id", [row["id"] for row in risks.values()])
        await self._reckon_events(TaskOpened.event_type, "task_id", [row["id"] for row in tasks.values()])
        await self._reckon_audit("monitoring", "risk.raised", [row["id"] for row in risks.values()])
        await self._reckon_audit("assistance", "task.opened", [row["id"] for row in tasks.values()])
        self._reckon_branches(months)
        await self._reckon_money()
        for house in set_up.houses:
            await self._reckon_chain(house)
            self._compare(f"dead letters of {house}", [], await set_up.rows(house, "dead_letter", "error"))
            await self._reckon_feed(house)
        await self._reckon_webhooks()

    async def _reckon_money(self) -> None:
        """Who paid, the bus and the ledger agree to the fen, and every measure reached its household."""
        set_up, homes = self._set_up, self._county.coming_home()
        expected = {(code, branch): fen for code in homes for branch, fen in EARNED.items()}
        for name, told in (("paid sums", paid_out), ("published sums", credited), ("entered sums", in_the_ledger)):
            found = await told(set_up)
            self._compare(name, expected, {key: fen for key, fen in found.items() if self._mine(key[0])})
        asked = await set_up.rows("assistance", "measure")
        reached = {(row["household_code"], str(row["kind"])): str(row["status"]) for row in asked}
        mine = {key: status for key, status in reached.items() if self._mine(key[0])}
        self._compare("measures", {(code, kind): "completed" for code in homes for kind in KINDS}, mine)
        self._compare("rows of measure", len(reached), len(asked))
        self._report.homes, self._report.credited = len(homes), sum(expected.values())

    def _reckon_branches(self, months: Sequence[Mapping[str, Any]]) -> None:
        """The ledger of who came home holds the old income and the new, by branch."""
        homes = self._county.coming_home()
        held: Counter[tuple[str, str]] = Counter()
        for row in months:
            if row["household_code"] in homes:
                held.update({(row["household_code"], branch): row[_COLUMNS[branch]] for branch in LEDGER})
        expected = {(code, branch): fen for code in homes for branch, fen in LEDGER.items()}
        self._compare("branches of the ledger", expected, dict(held))

    def _mine(self, text: str) -> bool:
        return text.startswith(self._county.prefix)

    async def _episodes(self, house: str, table: str) -> dict[Episode, dict[str, Any]]:
        rows = [row for row in await self._set_up.rows(house, table) if self._mine(row["household_code"])]
        found = {(row["household_code"], str(row["kind"]), row["episode"]): row for row in rows}
        self._compare(f"rows of {table}", len(found), len(rows))
        return found

    async def _reckon_events(self, event_type: str, subject: str, expected: Sequence[Any]) -> None:
        """Each subject was told of by one event, however often a record of it lies on the bus."""
        lying = await self._set_up.bus.events(topic_of(event_type.split(".", maxsplit=1)[0]))
        mine = [event for event in lying if event.headers["ce_type"] == event_type and self._mine(event.key)]
        once: dict[Any, EncodedEvent] = {event.event_id: event for event in mine}
        self._report.repeats += len(mine) - len(once)
        told = Counter(getattr(decode(event.headers, event.value).data, subject) for event in once.values())
        self._compare(f"events {event_type}", Counter(expected), told)

    async def _reckon_feed(self, house: str) -> None:
        """Whatever was published is one change, and the changes of a key follow each other as its events do."""
        lying = await self._set_up.bus.events(topic_of(house))
        key_of = {event.event_id: event.key for event in lying}
        told = sorted(await self._set_up.rows(house, "change", "seq", "event_id"), key=lambda row: int(row["seq"]))
        self._compare(f"changes of {house}", Counter(key_of.keys()), Counter(row["event_id"] for row in told))
        published, changed = defaultdict[str, list[Any]](list), defaultdict[str, list[Any]](list)
        for event_id, key in key_of.items():
            published[key].append(event_id)
        for row in told:
            changed[key_of.get(row["event_id"], "not published")].append(row["event_id"])
        self._compare(f"order of changes of {house}", published, changed)

    async def _reckon_webhooks(self) -> None:
        """The listener took each change of each feed, first in the order of its household, signed, and nothing else."""
        begun = time.monotonic()
        async with self._set_up.caller() as caller:
            await self._listener.calm_down(caller, list(self._set_up.houses))
        told = {house: await self._changes_of(house) for house in self._set_up.houses}
        while any(self._listener.heard_of(house) != told[house] for house in told):
            if time.monotonic() - begun > SETTLE_SECONDS:
                break
            await asyncio.sleep(_PAUSE)
        self._report.deliver_seconds = time.monotonic() - begun
        for house, changes in told.items():
            self._compare(f"webhooks of {house}", changes, self._listener.heard_of(house))
        taken = self._listener.taken()
        self._compare("messages with a wrong signature", [], [one for one in taken if not one.signed])
        self._report.messages, self._report.told = len(taken), len({one.event_id for one in taken})

    async def _changes_of(self, house: str) -> dict[str, list[str]]:
        """What the feed of a house tells, by subject."""
        rows = await self._set_up.rows(house, "change", "seq", "item")
        found = defaultdict[str, list[str]](list)
        for item in (json.loads(row["item"]) for row in sorted(rows, key=lambda row: int(row["seq"]))):
            found[item["subject"]].append(item["id"])
        return dict(found)

    async def _reckon_audit(self, house: str, action: str, expected: Sequence[Any]) -> None:
        rows = await self._set_up.rows(house, "audit", "action", "subject")
        wanted = {str(subject) for subject in expected}
        told = Counter(row["subject"] for row in rows if row["action"] == action and row["subject"] in wanted)
        self._compare(f"audit rows {action}", Counter(wanted), told)

    async def _reckon_chain(self, house: str) -> None:
        """Each row of the audit comes into the chain, once, and nothing is wrong with the chain."""
        deadline = time.monotonic() + SEAL_SECONDS
        while (sealed := await self._numbers(house, "audit_seal")) != (written := await self._numbers(house, "audit")):
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(_PAUSE)
        self._compare(f"sealed rows of {house}", written, sealed)
        self._compare(f"faults of the audit of {house}", [], list((await self._set_up.verdict(house)).faults))

    async def _numbers(self, house: str, table: str) -> list[int]:
        return sorted(row["seq"] for row in await self._set_up.rows(house, table, "seq"))

    def _compare(self, what: str, expected: Any, found: Any) -> None:
        if expected == found:
            return
        if isinstance(expected, Mapping):
            differs = {key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key)}
            shown = [f"{key}: expected {expected.get(key)}, found {found.get(key)}" for key in sorted(differs, key=str)]
            self._report.problems.append(f"{len(differs)} {what} are wrong: " + "; ".join(shown[:5]))
        else:
            self._report.problems.append(f"{what}: expected {expected}, found {found}")


async def _leader(cluster: KafkaCluster) -> int:
    """The node that leads the first partition monitoring publishes to."""
    client = AIOKafkaClient(bootstrap_servers=cluster.bootstrap)
    topic = topic_of("monitoring")
    try:
        await client.bootstrap()
        client.add_topic(topic)
        await client.force_metadata_update()
        leader = client.cluster.leader_for_partition(TopicPartition(topic, 0))
    finally:
        await client.close()
    return int(leader)
