"""Decisions about batches, and what happened to one in the words of EPCIS. Pure."""
