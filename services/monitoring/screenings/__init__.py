"""Screening 集中排查: judging without a fact, because time went on or an operator asks for all."""
