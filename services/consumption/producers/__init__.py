"""Producers 供应主体, and the households behind them 联农带农."""
