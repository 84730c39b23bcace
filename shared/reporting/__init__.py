"""Reports that regions owe 报表报送: when, what their figures are, and how they stood when they were submitted.

`rhythms` says which period is owed by which day, `house` what a house says of its reports, `rows` holds those that were
submitted, and `api` is the door.
"""
