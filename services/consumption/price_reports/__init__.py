"""Price reports 价格采集: what a commodity cost on a market on a day."""
