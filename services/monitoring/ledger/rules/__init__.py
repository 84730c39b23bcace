"""What the ledger computes: months and windows of income, the dossier of a household, what is posted to it."""
