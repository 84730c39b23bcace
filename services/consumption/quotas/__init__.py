"""Quotas 预留份额: what share of a year's canteen purchases a buyer reserves, and how far it got."""
