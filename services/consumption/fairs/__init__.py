"""Fairs 展销会 at which counties sold."""
