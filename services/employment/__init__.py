"""Employment 就业: who can work is matched with work, followed there, and the wages reach the household's ledger.

Owns: worker 劳动力, vacancy 岗位, placement 输送就业, wage 务工月报.
Publishes: placement-started, placement-ended, income-credited, measure-accepted, measure-refused, measure-completed.
Reacts to: monitoring.household-registered, monitoring.household-changed, assistance.measure-requested,
assistance.measure-cancelled.
"""
