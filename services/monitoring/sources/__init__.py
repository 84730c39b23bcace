"""Sources 数据源: when each was heard last, and which are silent."""
