"""Ledger of insurance 参保台账: a line for each member, whether anything is known or not."""
