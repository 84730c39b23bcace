"""The chain over the audit 审计链: every row is held in its place by the hash of the row before.

`chain` says what a link is and `gaps` which numbers may still be taken; `sealing` adds links behind the commits and
`heads` signs where the chain ends; `walk` and `verifying` find what was bent; `nightly` does both each night.
"""
