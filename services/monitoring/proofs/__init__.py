"""Proof of the ledger 台账核验: what is kept beside the facts, computed once more from the facts alone."""
