"""Supply reports 存量与上市量: what is there of a commodity, due, sold and ordered."""
