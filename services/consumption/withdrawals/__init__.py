"""Withdrawals 撤回 of what was recorded under a source and its reference: payments, prices and supplies."""
