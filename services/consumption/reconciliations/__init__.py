"""Reconciliation files 对账文件: the orders that changed on a day, for whoever keeps a second book of them."""
