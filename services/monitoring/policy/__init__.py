"""Policy 政策参数: what holds in a region on a day, values that people add, and what another value would change."""
