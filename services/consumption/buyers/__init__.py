"""Buyers 采购单位: which client orders under which code, and who stands on which side of an order."""
