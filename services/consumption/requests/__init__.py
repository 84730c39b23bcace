"""Requests 帮扶措施需求 for buyers, and the households that are known."""
