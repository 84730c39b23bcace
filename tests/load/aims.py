"""The aims of the bench. Each compares equal work; half of an aim is the least that may land.

A share is that of what the machine does when nothing of ours stands between, measured in the same run.
"""

from typing import Final

from tests.load.figures import Aim

FACTS_BY_COMMAND: Final = Aim(0.32)
"""Of the same statements replayed bare, by processor time."""
FACTS_BY_REST: Final = Aim(0.58)
"""Of the same facts by command."""
RANDOM_HOUSEHOLDS: Final = Aim(2.0, at_least=False, unit="×")
"""Facts of random households of a prefecture, beside those of the bench's county, by processor time."""
WRITTEN_OF_A_FACT: Final = Aim(36.0, at_least=False, unit="KB")
"""What a fact of a random household has written to the disk."""

CONSUMER: Final = Aim(0.45)
"""Of COPY of the same rows, both without Kafka."""
CONSUMER_WITH_KAFKA: Final = Aim(0.55)
"""Of `getmany` and COPY of the same rows."""
RELAY: Final = Aim(0.55)
"""Of a send with 500 in flight."""
LOG_APPEND: Final = Aim(0.5)
LOG_READ: Final = Aim(0.7)
LANE_OF_32, LANE_OF_200 = Aim(0.3), Aim(0.5)
"""The write lane with so many clients, of plain inserts."""

SINGLE_FACTS_EMBEDDED: Final = Aim(0.45)
SINGLE_FACTS_DISTRIBUTED: Final = Aim(0.37)
"""Of an empty route of the same app."""
BESIDE_ORM: Final = Aim(8.0, unit="×")
"""Single facts, beside a transaction of the ORM for each."""
TASK_P50: Final = Aim(1.6, at_least=False, unit="×")
TASK_P99: Final = Aim(2.0, at_least=False, unit="×")
"""From a fact to its task with one client, of the POST alone."""
TASK_AT_500: Final = Aim(100.0, at_least=False, unit="ms")
"""From a fact to its task at 500 facts a second, p99."""
WAGE: Final = Aim(2.0, at_least=False, unit="×")
"""From a wage to its entry in the ledger, of the POST alone."""

ALL_RULES: Final = Aim(1.5, at_least=False, unit="×")
"""A household looked at by all rules, of the same by the five about income, illness and work."""
FACTS_OF_ALL_RULES: Final = Aim(0.85)
"""Facts by command with all rules, of the same with those five alone."""

SCREENING_UNCHANGED: Final = Aim(2.5, at_least=False, unit="×")
"""A screening that changes nothing, beside a SELECT of all columns that the rules read, by processor time."""
SCREENING_BESIDE_SUM: Final = Aim(8.0, at_least=False, unit="×")
"""The same, beside SUM of the columns in the database."""
SCREENING_FLAT: Final = Aim(1.25, at_least=False, unit="×")
"""A household of a large screening, of one of a small screening."""
ROLL: Final = Aim(2.0, at_least=False, unit="×")
"""The nightly roll of households that changed, of a screening of just them."""
RECOMPUTE_SQLITE: Final = Aim(2.5, at_least=False, unit="×")
RECOMPUTE_POSTGRES: Final = Aim(3.5, at_least=False, unit="×")
"""Proving the ledger, beside DuckDB on Parquet files of the same facts, by processor time."""
FLOOD_P99: Final = Aim(2.0, at_least=False, unit="×")
"""What others wait while the facts of a flood come, of what they wait while none come."""
DEEP_PAGE: Final = Aim(2.0, at_least=False, unit="×")
"""Page 1,000 of a list, of its page 1."""
SCREENING_STALE_SQLITE: Final = Aim(20.0, at_least=False, unit="s")
SCREENING_STALE_POSTGRES: Final = Aim(30.0, at_least=False, unit="s")
"""A screening for which every window has to be computed anew, processor time a million households."""
LIST_P95: Final = Aim(50.0, at_least=False, unit="ms")
"""Every list with every filter, at 300,000 households."""

IMPORT: Final = Aim(0.5)
"""A file of income, of the bare store of the rows that it leaves, by processor time."""
IMPORT_BESIDE_ROUTE: Final = Aim(5.0, unit="×")
"""The same, of the batch route without a network."""
READING: Final = Aim(0.15, at_least=False)
"""Reading and checking a row, of all that it costs."""
IMPORT_FLAT: Final = Aim(1.25, at_least=False, unit="×")
"""A row of a large file, of one of a small file."""
IMPORT_MEMORY: Final = Aim(300.0, at_least=False, unit="MB")
EXCEL: Final = Aim(0.7)
"""Reading an xlsx, of what calamine alone needs."""

FILE: Final = Aim(0.5)
"""A list as a CSV, of a bare SELECT and csv writer of the same rows, by processor time."""
FIRST_BYTE: Final = Aim(1000.0, at_least=False, unit="ms")

WEBHOOKS: Final = Aim(200.0, unit="/s")
"""Deliveries to a fast receiver while ten dead ones are subscribed."""
WEBHOOKS_OF_BARE: Final = Aim(0.4)
"""Of the same messages sent by the same client, with nothing read and nothing written down."""
WEBHOOK_P50: Final = Aim(50.0, at_least=False, unit="ms")
"""From a commit to the arrival of its change."""
LIMITS: Final = Aim(1.0, at_least=False, unit="ms")
"""What a client's limits add to its request, p50."""

READY: Final = Aim(5000.0, at_least=False, unit="ms")
RESIDENT: Final = Aim(400.0, at_least=False, unit="MB")
"""One process with all houses."""

HOUSEHOLDS_BY_BATCH: Final = Aim(4.0, unit="×")
"""Households in batches of a thousand, beside one PUT each."""
HOUSEHOLDS_BARE: Final = Aim(0.12)
"""Of the same statements replayed bare, by processor time: what is checked and sealed of each member is most of it."""
FACTS_BY_NUMBER: Final = Aim(0.75)
"""Facts by identity number, of the same facts by household code."""
HOUSEHOLD_PUT: Final = Aim(1.15, at_least=False, unit="×")
"""A household put, beside the same in the clear."""
HOUSEHOLD_LIST: Final = Aim(1.15, at_least=False, unit="×")
"""A page of the register, beside the same page in the clear."""

CASE_INBOX: Final = Aim(100.0, at_least=False, unit="ms")
"""A page of a million cases, p95."""
CASE_FAR_PAGE: Final = Aim(2.0, at_least=False, unit="×")
"""The thousandth page, beside the first."""
CLUES_BY_BATCH: Final = Aim(0.4)
"""Clues in batches of a thousand, of plain inserts of the same rows with an outbox row each."""
VERDICTS_IN_BULK: Final = Aim(0.4)
"""Verdicts in batches of a thousand, of an UPDATE of the same rows with an outbox row each."""
RIGHT_WARNINGS: Final = Aim(0.9)
"""Precision and recall of the warnings of slow sale on generated series."""
SERIES_JUDGED: Final = Aim(4.0, at_least=False, unit="×")
"""A night of series judged, of the driver fetching what that reads."""
SCARCE_ORDERS: Final = Aim(0.4)
"""Orders of a scarce product by two hundred buyers at once, of the same rows by plain SQL over as many connections."""
SETTLED: Final = Aim(0.4)
"""An order of a hundred lines over fifty households settled, of executemany of the same rows, by processor time."""
ORDER_FEED: Final = Aim(0.3)
"""The change feed of orders, of SELECT and JSON of the same rows."""
ORDER_PAGE: Final = Aim(2.0, at_least=False, unit="×")
"""A page of a million orders, of the same page of a thousand."""
