"""Who is a worker, and which worker a member of a household is. Pure decisions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from shared.codes.monitoring import Sex
from shared.contracts.monitoring import HouseholdMember
from shared.ids import derived_id


class KnownWorker(NamedTuple):
    """A worker of a household as it was known before."""

    id: UUID
    member_no: int
    person_id: UUID | None
    """The person; None where no event has told it yet."""
    sex: Sex
    birth_year: int
    born_on: date | None
    present: bool


def is_able(member: HouseholdMember) -> bool:
    """Whether a member is a worker 劳动力, as far as age has no say: with labour, and not at school."""
    return member.labour.is_able and not member.student


def recognise(known: Collection[KnownWorker], members: Sequence[HouseholdMember]) -> Mapping[int, KnownWorker]:
    """Return the known worker that each member is, by member number; who is none of them is left out.

    The person decides, whatever the number. Where the person was not told, the same number, sex and day of birth (or
    year, where the day was not told) is the same person.
    """
    of_persons = sorted((one for one in known if one.person_id is not None), key=lambda worker: worker.present)
    by_person = {worker.person_id: worker for worker in of_persons}
    found = {m.member_no: by_person[m.person_id] for m in members if m.person_id in by_person}
    told_by_person = {worker.id for worker in found.values()}
    for worker in sorted(known, key=lambda worker: not worker.present):
        for member in members:
            free = worker.id not in told_by_person and member.member_no not in found
            if free and _may_be(worker, member):
                found[member.member_no] = worker
    return found


def new_worker_id(household_code: str, member: HouseholdMember, taken: Collection[UUID]) -> UUID:
    """Derive the id of a worker who was not known before: the same for the same person, however often it is told."""
    if member.person_id is not None:
        return derived_id("worker", household_code, str(member.person_id))
    by_number = derived_id("worker", household_code, member.member_no)
    if by_number not in taken:
        return by_number
    return derived_id("worker", household_code, member.member_no, member.sex.value, member.birth_year)


def day_of_birth(known: KnownWorker | None, member: HouseholdMember) -> date | None:
    """Return the day of birth as told, or as told before while the member could work."""
    if member.born_on is not None or known is None or known.birth_year != member.birth_year:
        return member.born_on
    return known.born_on


def _may_be(worker: KnownWorker, member: HouseholdMember) -> bool:
    """Whether a worker of whom the person is not known, or not told, is this member."""
    both_told = worker.person_id is not None and member.person_id is not None
    came_back = not worker.present and member.person_id is not None
    if both_told or came_back or (worker.member_no, worker.sex) != (member.member_no, member.sex):
        return False
    if worker.born_on is not None and member.born_on is not None:
        return worker.born_on == member.born_on
    return worker.birth_year == member.birth_year
