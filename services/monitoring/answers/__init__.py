"""Answers 反馈: where a clue stands in the household it is about, and what its sender is told."""
