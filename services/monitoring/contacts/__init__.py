"""Contacts 网格责任人: who looks after which households, and when they were seen."""
