"""Indicators 指标: what is counted of monitoring for a region and a span of days."""
