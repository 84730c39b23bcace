"""Reports 报表 of sales for a week, a month or a quarter, made from the ledgers."""
