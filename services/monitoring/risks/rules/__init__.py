"""Pure decisions about risks 风险: facts, dated parameters and a date in, verdicts with reasons out.

Nothing here knows a clock, a setting, a database or the network, so one household on an event and a million in a
screening are judged by the same few functions. Money is whole fen, a ratio is an exact fraction, and every comparison
is one of whole numbers. Months and windows stand in `ledger.rules.income`, diagnoses and the loss of work in
`evidence`. Read on in this order:

1. `state`         what a rule is asked about: the household, its window, its evidence, its latest risks
2. `forms`, `parameters`    what a policy pack says, turned once into numbers that compare fast
3. `verdicts`      what a rule answers: an outcome, a grade, reasons
4. `glance`        which figures tell at once that a rule has nothing to say: each rule brings its half
5. `near_line`     whether a household is near the income line, which makes some alarms red
6. `below_line` and seventeen others    one rule each; `found` makes the verdicts of those that read circumstances
7. `judge`         all rules for one household
8. `quiet`         households about which no rule has to be asked
9. `life_cycle`    what a verdict changes: a risk is raised, updated, cleared or left alone
10. `causes`       what holds a risk open, piece by piece
11. `triggers`     which of the things that came in explains a change
12. `ending`       the end of a household clears its risks
"""
