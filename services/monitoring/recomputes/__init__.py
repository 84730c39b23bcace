"""Recomputing 台账复算: what is kept beside the facts, computed once more from the facts alone."""
