"""Assistance 帮扶: the help a household is owed for a risk, opened once and followed to its end.

Owns: task 帮扶任务.
Publishes: task-opened, task-closed.
Reacts to: monitoring.risk-raised, monitoring.risk-updated, monitoring.risk-cleared.
"""
