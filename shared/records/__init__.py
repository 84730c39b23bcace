"""Records 记录: what is said once under a source and its reference, corrected by another one, or withdrawn.

`kinds` is how one kind of record is told apart, repeated and corrected; `withdrawals` is how it is taken back;
`outcomes` is what became of each; `errors` is what is refused; `api` is the answer.
"""
