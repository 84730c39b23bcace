"""The weekly price bulletin 价格监测周报: prices beside what was expected, supply, and how both are judged."""
