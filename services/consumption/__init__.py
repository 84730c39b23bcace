"""Consumption 消费协作: partner-city procurement: producers, products, orders, settlement.

The floor plan stands; its rooms are furnished next.
"""
