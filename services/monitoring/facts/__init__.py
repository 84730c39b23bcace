"""Facts 上报信息: what sources say about households, recorded once."""
