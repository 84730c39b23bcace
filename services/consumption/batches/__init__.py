"""Batches 批次: what was harvested together, so that goods can be traced 溯源."""
