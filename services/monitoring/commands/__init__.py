"""What monitoring does. Reading order: households, facts, ledger, judgement, screening, risks, audit."""
