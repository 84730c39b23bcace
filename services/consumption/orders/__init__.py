"""Orders 订单, from the placing to the money that reaches the households."""
