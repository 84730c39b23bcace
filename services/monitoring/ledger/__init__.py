"""The income ledger 收入台账: sums by month, and the window kept ready for the rules."""
