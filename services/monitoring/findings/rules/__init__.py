"""The rules of findings 疑点规则, pure: each looks at one household and says what is odd."""
