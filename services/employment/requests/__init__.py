"""Requests 帮扶措施需求 for work, and what could be offered for them."""
