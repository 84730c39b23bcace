"""Situations assistance tells its callers about."""

from shared.errors import Conflict, NotFound


class TaskNotFound(NotFound):
    """No task by that id within the caller's region."""

    code, title = "task-not-found", "No such task"


class TransitionNotAllowed(Conflict):
    """The task does not stand where this action begins; ``allowed_actions`` says what may be done now."""

    code, title = "transition-not-allowed", "The task does not allow this action now"
