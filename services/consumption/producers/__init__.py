"""Producers 经营主体, and the households behind them 联农带农."""
