"""Cases 识别认定, 风险消除: step by step whether a household is admitted, and whether its risk is gone."""
