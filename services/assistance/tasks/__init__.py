"""Tasks 帮扶任务: opened for each episode of a risk, worked on by people, and followed to a verdict."""
