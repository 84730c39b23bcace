"""Incidents 突发事件: many households of a county at once, of whom some are told of later."""
