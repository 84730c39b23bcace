"""Assistance 帮扶."""
