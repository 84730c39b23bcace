"""Demands 采购需求 of buyers, and the orders that are proposed for them."""
