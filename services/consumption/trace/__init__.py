"""Trace 溯源: what anybody who scans a label is told."""
