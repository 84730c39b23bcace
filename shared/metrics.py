"""Every metric of the system, with one line of meaning. Labels are bounded: never a household, a person or a text."""

from collections.abc import Mapping

from prometheus_client import Counter, Gauge, Histogram

_MOST_CLIENTS = 200
_clients: set[str] = set()


def client_label(client: str | None) -> str:
    """A client as a label: the first ones by name, so that labels stay bounded whatever an issuer gives out."""
    if client is None:
        return "unknown"
    if client not in _clients and len(_clients) < _MOST_CLIENTS:
        _clients.add(client)
    return client if client in _clients else "other"


Counts = Mapping[Gauge, Mapping[tuple[str, ...], int]]
"""What a house counts in its own tables: the values of a gauge by its labels."""

HTTP_REQUESTS = Counter("shouxian_http_requests_total", "Requests answered", ["house", "route", "method", "status"])
HTTP_SECONDS = Histogram(
    "shouxian_http_request_duration_seconds",
    "Time from the first byte of a request to the last of its answer",
    ["house", "route", "method"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
CONNECTIONS = Gauge("shouxian_connections", "Open HTTP connections of the process")
CONNECTIONS_REFUSED = Counter(
    "shouxian_connections_refused_total",
    "Connections ended by the server: too_many, head_too_large, head_late, body_late, malformed",
    ["reason"],
)
ACCESS_REFUSED = Counter(
    "shouxian_access_refused_total",
    "Requests answered 401, 403 or, by the token endpoint, 429; the client is unknown where no token held",
    ["house", "route", "status", "client"],
)
LIMIT_REJECTED = Counter(
    "shouxian_limit_rejected_total",
    "Requests answered 429 because the client used up what its record grants it: per-minute, per-day",
    ["client", "limit"],
)
CLIENTS_ENDING = Gauge(
    "shouxian_clients_ending", "Clients whose last day is over within 14 days; where records are kept"
)
USAGE_LATE_SECONDS = Gauge(
    "shouxian_usage_late_seconds", "Age of the oldest count of requests that is not written yet", ["house"]
)
ISSUER_KEYS_FETCHES = Counter(
    "shouxian_issuer_keys_fetches_total",
    "Fetches of the outside issuer's keys by outcome: fetched, failed",
    ["outcome"],
)
for _reason in ("too_many", "head_too_large", "head_late", "body_late", "malformed"):
    CONNECTIONS_REFUSED.labels(_reason)
for _outcome in ("fetched", "failed"):
    ISSUER_KEYS_FETCHES.labels(_outcome)
for _limit in ("per-minute", "per-day"):
    LIMIT_REJECTED.labels("unknown", _limit)
for _status in ("401", "429"):
    ACCESS_REFUSED.labels("system", "/oauth2/token", _status, "unknown")
EVENTS_PUBLISHED = Counter("shouxian_events_published_total", "Events taken from the outbox to the bus", ["house"])
EVENTS_CONSUMED = Counter(
    "shouxian_events_consumed_total",
    "Records read by what became of them: applied, duplicate, skipped, parked, dead, waiting, unknown, foreign",
    ["house", "type", "outcome"],
)
CONSUMER_LAG_RECORDS = Gauge("shouxian_consumer_lag_records", "Records on the bus not yet applied", ["house"])
CONSUMER_LAG_SECONDS = Gauge("shouxian_consumer_lag_seconds", "Age of the oldest record not yet applied", ["house"])
OUTBOX_PENDING = Gauge("shouxian_outbox_pending", "Events committed and not yet on the bus", ["house"])
OUTBOX_OLDEST_SECONDS = Gauge("shouxian_outbox_oldest_seconds", "Age of the oldest event not yet on the bus", ["house"])
DEAD_LETTERS = Gauge(
    "shouxian_dead_letters",
    "Records set aside, by state: dead, parked behind one, waiting for time, of an unknown type, or foreign",
    ["house", "state"],
)
CONSUMER_HALTED = Gauge(
    "shouxian_consumer_halted", "1 when too many records in a row were dead and reading stopped", ["house"]
)
RULE_VERDICTS = Counter("shouxian_rule_verdicts_total", "Verdicts reached, by rule and outcome", ["rule", "outcome"])
FACTS = Counter("shouxian_facts_total", "Facts received, by type and outcome", ["type", "outcome"])
FINDINGS = Counter(
    "shouxian_findings_total",
    "Findings by rule and what became of them: found, cleared, lapsed, exempted, revoked",
    ["rule", "outcome"],
)
UNDECIDED_HOUSEHOLDS = Gauge(
    "shouxian_undecided_households",
    "Households that a rule cannot judge because the policy lacks a value, by that value and by county",
    ["house", "parameter", "region"],
)
ROLL_LATE_DAYS = Gauge(
    "shouxian_roll_late_days",
    "Days whose nightly roll has not ended; 0 once that of today has",
    ["house"],
)
HOUSEHOLDS_QUEUED = Gauge(
    "shouxian_households_queued",
    "Households that wait in an incident to be told of, by county and kind",
    ["region", "kind"],
)
INCIDENT_LATE_SECONDS = Gauge(
    "shouxian_incident_late_seconds",
    "How long the full hours of an incident are late in telling of those who wait, by county and kind",
    ["region", "kind"],
)
SOURCE_SILENT_DAYS = Gauge(
    "shouxian_source_silent_days",
    "Days without a fact of a source that is silent for longer than it may be; 0 while it is not",
    ["house", "source"],
)
FEED_OVERDUE_DAYS = Gauge(
    "shouxian_feed_overdue_days",
    "Days since the due day of a feed in whose month nothing came; 0 while nothing is overdue",
    ["house", "source"],
)
IMPLAUSIBLE_CREDITS = Counter(
    "shouxian_implausible_credits_total",
    "Credits of an amount that hardly anybody has in a month: entered, and to be looked at",
    ["source"],
)
EVENT_TO_EFFECT_SECONDS = Histogram(
    "shouxian_event_to_effect_seconds",
    "Time from an event's making to its effect in another house; of risk-raised: from the fact to its task",
    ["house", "type"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3600),
)
TASKS_OPEN = Gauge("shouxian_tasks_open", "Tasks not closed, by county and grade of the risk", ["county", "grade"])
TASKS_OVERDUE = Gauge(
    "shouxian_tasks_overdue", "Tasks not closed and due before the business date", ["county", "grade"]
)
CALENDAR_DAYS_LEFT = Gauge(
    "shouxian_calendar_days_left",
    "Days from the business date to the last day of the announced working-day calendar; negative beyond it",
    ["house"],
)
CHANGES_WAITING = Gauge(
    "shouxian_changes_waiting", "Requests that wait for changes of a house in this process", ["house"]
)
CHANGES_REFUSED = Counter(
    "shouxian_changes_refused_total",
    "Readers of a change feed who got none: too_many_waiting, cursor_expired",
    ["house", "reason"],
)
WEBHOOK_DELIVERIES = Counter(
    "shouxian_webhook_deliveries_total",
    "Messages to webhooks by what came of them: delivered, retrying, exhausted",
    ["house", "status"],
)
WEBHOOKS_PAUSED = Gauge(
    "shouxian_webhooks_paused",
    "Webhooks to which nothing is sent, by cause: owner, gone, exhausted, shut_out",
    ["house", "cause"],
)
WEBHOOK_WAITING = Gauge(
    "shouxian_webhook_waiting", "Changes that wait to be delivered to webhooks that are not paused", ["house"]
)
WEBHOOK_OLDEST_SECONDS = Gauge(
    "shouxian_webhook_oldest_seconds", "Age of the oldest change that waits for a webhook that is not paused", ["house"]
)
WEBHOOKS_BEHIND = Gauge(
    "shouxian_webhooks_behind",
    "Webhooks of which changes were removed from the feed before they were delivered, until they are taken up again",
    ["house"],
)
JOB_RUNS = Counter("shouxian_job_runs_total", "Runs of scheduled jobs by outcome", ["house", "job_name", "outcome"])
BUILD_INFO = Gauge("shouxian_build_info", "Always 1; the label tells the version that runs", ["house", "version"])
LANE_OLDEST_SECONDS = Gauge(
    "shouxian_lane_oldest_seconds", "How long the fact that waits longest for its commit has waited", ["house"]
)
REQUESTS_UNDER_WAY = Gauge(
    "shouxian_requests_under_way", "Requests that were begun and are not answered yet", ["house"]
)
REQUEST_OLDEST_SECONDS = Gauge(
    "shouxian_request_oldest_seconds", "How long the request that waits longest for its answer has waited", ["house"]
)
DATA_FREE_BYTES = Gauge("shouxian_data_free_bytes", "Space left where the data folder lies")
DATA_SIZE_BYTES = Gauge("shouxian_data_size_bytes", "Space there is where the data folder lies")
MEASURED_AT = Gauge(
    "shouxian_measured_timestamp_seconds",
    "When outbox, dead letters and lag were last read; old where database or bus does not answer",
    ["house"],
)
BACKGROUND_RUNNING = Gauge(
    "shouxian_background_running", "1 while a background task of a house works, 0 while it does not", ["house", "task"]
)
BACKGROUND_RESTARTS = Counter(
    "shouxian_background_restarts_total",
    "Background tasks begun again after something other than the house ended them",
    ["house", "task"],
)
CONSUMER_WAITING = Gauge(
    "shouxian_consumer_waiting",
    "1 while reading waits for what passes: the bus, the database, or a schema that is not this release's",
    ["house", "cause"],
)
GROUP_LAG_RECORDS = Gauge(
    "shouxian_group_lag_records",
    "Records on the bus that the readers of a house have not passed, as its api sees them from outside",
    ["house"],
)
GROUP_LAG_SECONDS = Gauge(
    "shouxian_group_lag_seconds",
    "How long the readers of a house have stood before a record, as its api sees them from outside",
    ["house"],
)
BUS_BEGUN_AGAIN = Gauge(
    "shouxian_bus_begun_again_timestamp_seconds",
    "When a reader last began at the first record because the log is not the one it had read; 0 for never",
    ["house"],
)
BUS_PARTITIONS = Gauge("shouxian_bus_partitions", "Partitions of a topic that a house reads", ["house", "topic"])
AUDIT_SEALED_ROWS = Gauge("shouxian_audit_sealed_rows", "Rows in the chain over the audit of a house", ["house"])
AUDIT_HEAD = Gauge(
    "shouxian_audit_head", "The first twelve hex digits of the hash that ends the chain, as a number", ["house"]
)
AUDIT_UNSEALED_SECONDS = Gauge(
    "shouxian_audit_unsealed_oldest_seconds", "Age of the oldest audit row that waits for its seal", ["house"]
)
AUDIT_FAULTS = Gauge("shouxian_audit_faults", "Faults that the latest verification of the audit found", ["house"])
STORED_ROWS = Gauge(
    "shouxian_stored_rows", "Rows of the tables that grow with use, counted once an hour", ["house", "table"]
)
BUS_LOG_RECORDS = Gauge("shouxian_bus_log_records", "Records kept in the embedded log, counted once an hour", ["house"])
TRIMMED_ROWS = Counter("shouxian_trimmed_rows_total", "Rows removed because their time was over", ["house", "table"])
