"""Situations of tasks that callers are told about."""

from shared.errors import Conflict, NotFound


class TaskNotFound(NotFound):
    """No task by that id within the caller's region."""

    code = "task-not-found"


class TaskIsClosed(Conflict):
    """A closed task asks for nothing; it would have to be opened again."""

    code = "task-closed"
