"""Reports of sales 消费协作报表 that a region owes: when, what their figures are, and those that were submitted."""
