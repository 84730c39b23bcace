"""What time causes in consumption: interval → command; and what is asked for and takes long: kind → work."""

from services.consumption.orders.commands.deadlines import close_orders, lapse_pre_orders, tell_overdue
from services.consumption.recognitions.commands import expire_recognitions
from services.consumption.slow_sale_backtests.commands import BACKTEST, BACKTEST_JOB
from services.consumption.slow_sales.commands.judge import judge_due
from shared.house import Job

JOBS = {
    "lapse-pre-orders": Job(every_seconds=30, command=lapse_pre_orders),
    "overdue-orders": Job(every_seconds=60, command=tell_overdue),
    "close-orders": Job(every_seconds=600, command=close_orders),
    "expire-recognitions": Job(every_seconds=600, command=expire_recognitions),
    "judge-slow-sales": Job(every_seconds=60, command=judge_due),
}
LONG_WORK = {
    BACKTEST_JOB: BACKTEST,
}
