"""The background tasks of a house: each goes on until the house ends it, whatever else would end it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from shared import metrics

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 10.0
_STEADY_SECONDS = 60.0
"""Work that lasted so long begins again after the shortest pause."""
_INSIST_SECONDS = 10.0
"""A task that did not end by then is told again: a library may have swallowed the first cancellation."""

Work = Callable[[], Awaitable[None]]

log = structlog.get_logger()


def _never() -> bool:
    return False


class Background:
    """Keeps the tasks of one house at work.

    A return, an error and a cancellation that nobody here asked for are told, counted and answered by beginning again.
    """

    def __init__(self, house: str) -> None:
        self._house = house
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._down: set[str] = set()

    def keep(self, name: str, work: Work, *, finished: Callable[[], bool] = _never) -> None:
        """Begin a task and keep it at work; it stays ended only where `finished` says that this is meant."""
        metrics.BACKGROUND_RESTARTS.labels(self._house, name)
        metrics.BACKGROUND_RUNNING.labels(self._house, name).set(1)
        task = asyncio.create_task(self._keep(name, work, finished), name=f"{self._house}-{name}")
        self._tasks[name] = task

    def not_running(self) -> list[str]:
        """The tasks that do nothing at the moment though the house did not end them."""
        ended = {name for name, task in self._tasks.items() if task.done()}
        return [f"{self._house}-{name}" for name in self._tasks if name in self._down | ended]

    async def stop(self) -> None:
        """End every task and wait until it did."""
        waiting = set(self._tasks.values())
        while waiting:
            for task in waiting:
                task.cancel()
            _, waiting = await asyncio.wait(waiting, timeout=_INSIST_SECONDS)
        for name, task in self._tasks.items():
            if not task.cancelled():
                task.exception()
            metrics.BACKGROUND_RUNNING.remove(self._house, name)
        self._tasks.clear()
        self._down.clear()

    async def _keep(self, name: str, work: Work, finished: Callable[[], bool]) -> None:
        running = metrics.BACKGROUND_RUNNING.labels(self._house, name)
        pause = _FIRST_PAUSE_SECONDS
        while True:
            begun = asyncio.get_running_loop().time()
            ended_by = await self._ended_by(name, work)
            running.set(0)
            self._down.add(name)
            if finished():
                return
            if asyncio.get_running_loop().time() - begun > _STEADY_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            metrics.BACKGROUND_RESTARTS.labels(self._house, name).inc()
            log.error("background.ended", house=self._house, task=name, error=ended_by, seconds=pause)
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE_SECONDS, pause * 2)
            self._down.discard(name)
            running.set(1)

    async def _ended_by(self, name: str, work: Work) -> str:
        """Work until it ends, and tell what ended it; raises CancelledError only where the house ends the task."""
        try:
            await work()
        except asyncio.CancelledError as stray:
            if _is_told_to_end():
                raise
            return type(stray).__name__
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            log.exception("background.failed", house=self._house, task=name)
            ended_by = type(error).__name__
        else:
            ended_by = "returned"
        if _is_told_to_end():
            raise asyncio.CancelledError
        return ended_by


def _is_told_to_end() -> bool:
    """Whether this task was cancelled itself; a cancellation that strays out of a library was not meant for it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
