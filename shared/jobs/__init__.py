"""Long work 任务: asked for once, done part by part, each part one transaction, and resumed after a kill.

`work` says what a kind of work is; `commands` start, do, cancel and end a job; `queries` show it; `running` does the
next part of whatever waits.
"""
