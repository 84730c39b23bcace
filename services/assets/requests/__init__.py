"""Requests 帮扶措施需求: the asset shares that tasks ask for."""
