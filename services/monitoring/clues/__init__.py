"""Clues 线索: what somebody says of a household in danger, who checks it, and the answer to whoever sent it."""
