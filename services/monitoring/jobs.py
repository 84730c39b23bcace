"""What time causes in monitoring: interval → command; and what is asked for and takes long: kind → work."""

from services.monitoring.answers.commands import match_waiting
from services.monitoring.cases.commands.ending import tell_overdue
from services.monitoring.findings.commands.check import check_due
from services.monitoring.incidents.commands.release import release_due
from services.monitoring.policy.commands.roll import roll_policies
from services.monitoring.policy.commands.simulate import SIMULATION, SIMULATION_KIND
from services.monitoring.protections.commands import renew_due_protections
from services.monitoring.recomputes.commands import RECOMPUTE, RECOMPUTE_JOB
from services.monitoring.screenings.commands.roll import NIGHTLY_ROLL, ROLL, begin_roll
from services.monitoring.screenings.commands.screen import SCREENING, SCREENING_JOB
from services.monitoring.screenings.commands.undecided import record_undecided
from services.monitoring.sources.commands import listen
from shared.house import Job

JOBS = {
    NIGHTLY_ROLL: Job(every_seconds=60, command=begin_roll),
    "tell-undecided": Job(every_seconds=600, command=record_undecided),
    "listen": Job(every_seconds=60, command=listen),
    "renew-protections": Job(every_seconds=60, command=renew_due_protections),
    "roll-policies": Job(every_seconds=60, command=roll_policies),
    "check-findings": Job(every_seconds=60, command=check_due),
    "match-clues": Job(every_seconds=60, command=match_waiting),
    "tell-overdue": Job(every_seconds=60, command=tell_overdue),
    "release-queued": Job(every_seconds=60, command=release_due),
}
LONG_WORK = {
    SCREENING_JOB: SCREENING,
    NIGHTLY_ROLL: ROLL,
    RECOMPUTE_JOB: RECOMPUTE,
    SIMULATION_KIND: SIMULATION,
}
