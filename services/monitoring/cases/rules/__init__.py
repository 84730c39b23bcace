"""What decides about cases: figures, class, what stops a review, and the criteria of an elimination. Pure."""
