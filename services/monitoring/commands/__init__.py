"""What monitoring does.

Reading order: households, facts, credits, ledger, judgement, job_losses, screening, risks, audit.
"""
