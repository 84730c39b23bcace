"""Disbursements 发放: cash paid to households, and its withdrawal 撤回."""
