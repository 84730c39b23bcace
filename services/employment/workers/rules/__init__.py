"""Pure decisions about workers: who is one, which person one is, and at what age."""
