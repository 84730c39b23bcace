"""Monitoring 监测: the household, its income ledger, and every verdict.

Owns: household 农户 and members, fact ledger, loss of work 失业, risk 风险.
Publishes: household-registered, household-changed, risk-raised, risk-updated, risk-cleared.
Reacts to: assistance.task-closed; income-credited of the other houses; employment.placement-started, placement-ended.
"""
