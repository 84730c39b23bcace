"""Products 产品 with their stock 库存."""
