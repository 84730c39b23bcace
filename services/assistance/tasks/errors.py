"""Situations of tasks that callers are told about."""

from shared.errors import Conflict, NotFound


class TaskNotFound(NotFound):
    """No task by that id within the caller's region."""

    code, title = "task-not-found", "No such task"


class TaskIsClosed(Conflict):
    """A closed task asks for nothing; it would have to be opened again."""

    code, title = "task-closed", "The task is closed"
