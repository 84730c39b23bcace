"""Priority 重点对象: which households and villages are looked after first."""
