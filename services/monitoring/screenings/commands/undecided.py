"""What cannot be decided is told."""

import sqlalchemy as sa

from services.monitoring.screenings.store import load_undecided_households
from shared.db.unit_of_work import UnitOfWork


def record_undecided(uow: UnitOfWork) -> bool:
    """Record once a day, in the log and the audit, which policy value is missing where, and who waits for it."""
    audit, today = uow.system_tables.audit, uow.today()
    for (key, county), households in sorted(load_undecided_households(uow).items()):
        subject = f"{key} {county} {today}"
        if not uow.connection.scalar(sa.select(sa.exists().where(audit.c.subject == subject))):
            uow.audit("policy.undecided", subject, after={"households": households})
            uow.log_after_commit("policy.undecided", key=key, region=county, date=str(today), households=households)
    return False
