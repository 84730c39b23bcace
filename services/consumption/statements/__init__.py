"""Statements 对账单 of buyers: what was settled, restated and paid in a month, from one balance to the next."""
