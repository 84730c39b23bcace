"""Pure decisions of monitoring 监测: facts, dated parameters and a date in, verdicts with reasons out.

Nothing here knows a clock, a setting, a database or the network, so one household on an event and a million in a
screening are judged by the same few functions. Money is whole fen, a ratio is an exact fraction, and every comparison
is one of whole numbers. Read the rooms in this order:

1. `income`        months of the ledger, the income window, net income
2. `state`         what a rule is asked about: the household, its diagnoses, its loss of work, its latest risks
3. `parameters`    what a policy pack says, turned once into numbers that compare fast
4. `verdicts`      what a rule answers: an outcome, a grade, reasons
5. `near_line`     whether a household is near the income line, which makes some alarms red
6. `below_line`, `income_drop`, `rigid_expense`, `new_illness`, `job_loss`    one rule each
7. `risks`         `judge`: all rules for one household
8. `life_cycle`    what a verdict changes: a risk is raised, updated, cleared or left alone
"""
