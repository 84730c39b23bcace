"""Indicators 消费协作指标, counted out of the ledgers when they are asked for."""
