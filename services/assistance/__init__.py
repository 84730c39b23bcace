"""Assistance 帮扶: the help a household is owed for a risk, opened once and followed to its end.

Owns: task 帮扶任务, measure 帮扶措施, disbursement 发放.
Publishes: task-opened, task-closed, measure-requested, measure-overdue, measure-cancelled, income-credited.
Reacts to: monitoring.household-*, monitoring.risk-*; measure-* and income-credited of the helping houses.
"""
