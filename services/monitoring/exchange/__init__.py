"""Exchange 数据交换: platforms without an interface, which are served by codes and sheets."""
