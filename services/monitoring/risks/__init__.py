"""Risks 风险: judged, changed, explained."""
