"""Situations of backtests."""

from shared.errors import Invalid


class BacktestInvalid(Invalid):
    """Days that are still to come cannot be gone through."""

    code = "backtest-invalid"
