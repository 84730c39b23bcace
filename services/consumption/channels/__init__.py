"""Channels 渠道库: with whom a county works steadily."""
