"""School age 控辍保学: where each member of compulsory age stands, in one ledger that is read by four."""
