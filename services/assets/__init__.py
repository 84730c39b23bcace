"""Assets 资产: what the programme built or bought, who holds the five rights in it, and where its income goes.

Owns: asset 资产 with the five rights 五权, distribution 收益分配.
Publishes: income-credited, measure-accepted, measure-refused, measure-completed.
Reacts to: monitoring.household-registered, monitoring.household-changed, assistance.measure-requested,
assistance.measure-cancelled.
"""
