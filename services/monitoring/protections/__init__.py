"""Protections 三保障和饮水安全: where a household stands in schooling, medical care, housing and water."""
