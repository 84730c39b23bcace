"""Measures 帮扶措施: the help that tasks ask for, and the answers of the houses that were asked."""
