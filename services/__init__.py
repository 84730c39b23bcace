"""The five houses: monitoring 监测, assistance 帮扶, employment 就业, consumption 消费协作, assets 资产."""
