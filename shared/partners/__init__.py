"""Partners 合作方: whoever calls from outside, taken on as a record, held to its limits, and told what it used.

`keeping` changes records, `carrying` brings their changes into the audit, `limits` counts requests before they are done
and `usage` after. What a record is, and how it narrows a token, stands in `shared/security/clients` and `narrowing`.
"""
