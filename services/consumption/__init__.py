"""Consumption 消费协作: what households make is bought by partner cities, and the money reaches them.

Owns: producer 经营主体, product 产品, buyer 采购单位, order 订单, payment 付款.
Publishes: what happens to orders, deliveries, price differences and returns, measure-accepted, measure-refused,
measure-completed, income-credited, income-withdrawn.
Reacts to: monitoring.household-registered, monitoring.household-changed, assistance.measure-requested,
assistance.measure-cancelled.
"""
