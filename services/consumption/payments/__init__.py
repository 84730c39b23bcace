"""Payments 付款 of buyers, as the supply side says that they came."""
