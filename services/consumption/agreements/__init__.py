"""Agreements 产销协议: what buyers have pledged to a region for a year."""
