"""Pure decisions of employment 就业: who is a worker, which work fits whom, and which step follows which.

1. `persons`    who is a worker, and which worker a member of a household is
2. `matching`   age, what fits whom and why, the steps of a placement
"""
