"""Celery tasks: ids in, one call. The only module that knows Celery.

A message is a wake-up and nothing more: what is to be done stands in the database, so that one which is lost or comes
twice does no harm.
"""

from __future__ import annotations

import logging
import socket
import time
from typing import Any

from celery import bootsteps, current_app, shared_task
from celery.signals import celeryd_init

from insights.exceptions import AdapterError, InsightsError, RunError

logger = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
"""How often a worker looks into the queue of record by itself."""
_PAUSE = 60.0
_PATIENCE = 2.0
"""Seconds that a broker has to answer."""
_MOST_ROWS = 500
"""Rows that one message names."""
_LATER = 600
"""Seconds after which the nightly work is tried again, where another sync runs."""
_silent_until = 0.0
_CALL_EVERY = 0.5
_TURN = 20.0
_called_for = 0.0


@shared_task(name="insights.train", ignore_result=True)
def train(run_id: int | None = None) -> None:
    """Do a waiting training, or all of them, each in a process of its own."""
    from insights.training import busy
    from insights.training import sweep as give_back
    from insights.training.process import work_apart

    # Whoever trains now takes what waits when it is done; a process that finds nothing would only cost its start.
    if give_back() and not busy().exists():
        work_apart(run_id)


@shared_task(name="insights.sweep", ignore_result=True)
def sweep() -> None:
    """Give runs whose worker fell silent back to the queue, and wake a worker for those that wait."""
    from insights.collect import pending, purge, waiting
    from insights.training import busy
    from insights.training import sweep as give_back

    if give_back() and not busy().exists():
        wake()
    if waiting():
        _send(collect, [])
    if pending():
        call_for_recount()
    purge()


@shared_task(name="insights.collect", ignore_result=True)
def collect() -> None:
    """Write the batches that wait in the inbox; after a while others that wait for this worker come first."""
    from insights.collect import waiting, work

    work(until=time.monotonic() + _TURN)
    if waiting():
        _send(collect, [])


@shared_task(name="insights.recount", ignore_result=True)
def recount() -> None:
    """Apply what somebody decided about bots; after a while others that wait for this worker come first."""
    from insights.collect import pending
    from insights.collect import recount as apply

    apply(until=time.monotonic() + _TURN)
    if pending():
        call_for_recount()


@shared_task(name="insights.sync", ignore_result=True)
def sync(adapter: str | None = None, full: bool = False) -> None:
    """Take over what changed in the host."""
    from insights.sources import sync as take_over

    try:
        take_over(adapter, full=full)
    except InsightsError as error:
        logger.warning("No sync: %s", error)


@shared_task(name="insights.sync_rows", ignore_result=True)
def sync_rows(channel: str, kind: str, pks: list[Any]) -> None:
    """Take over certain rows at once."""
    from insights.sources import sync_rows as take_over

    take_over(channel, kind, pks)


@shared_task(name="insights.duplicates", ignore_result=True)
def duplicates() -> None:
    """Look for people who are there twice."""
    from insights.identity import find_duplicates

    find_duplicates()


@shared_task(name="insights.nightly", ignore_result=True, bind=True, max_retries=6)
def nightly(self: Any) -> None:
    """Read everything again, so that silent changes are found, and train on it; later, while another sync runs."""
    from insights.identity import find_duplicates
    from insights.privacy import finish_pending
    from insights.sources import sync as take_over
    from insights.training import enqueue, waiting

    # Where somebody was being forgotten when the machine went down.
    finish_pending()
    try:
        take_over(full=True)
    except RunError as error:
        if self.request.retries < self.max_retries:
            raise self.retry(exc=error, countdown=_LATER) from error
        logger.warning("Trained without a full sync: %s", error)
    except AdapterError as error:
        # A shop that only imports files has no adapter, and is trained all the same.
        logger.info("Trained without a sync: %s", error)
    if not waiting().exists():
        enqueue(requested_by="schedule")
    wake()
    find_duplicates()


@shared_task(name="insights.retention", ignore_result=True)
def retention() -> None:
    """Let go of what is older than INSIGHTS["RETENTION"] says."""
    from django.utils import timezone

    from insights.privacy import apply

    apply(timezone.now())


class Look(bootsteps.StartStopStep):
    """A worker's look into the queue of record, whenever it finds its broker, and each minute: messages get lost, runs
    do not."""

    requires = ("celery.worker.consumer.tasks:Tasks",)
    _timer: Any = None

    def start(self, parent: Any) -> None:
        """Look now, and then again and again."""
        _look()
        self._timer = parent.timer.call_repeatedly(LOOK_SECONDS, _look)

    def stop(self, parent: Any) -> None:
        """Look no more; the worker ends, or has lost its broker."""
        if self._timer is not None:
            self._timer.cancel()


@celeryd_init.connect(dispatch_uid="insights.look")
def _have_workers_look(instance: Any, **_: Any) -> None:
    instance.app.steps["consumer"].add(Look)


def wake(run_id: int | None = None) -> bool:
    """Tell a worker that a training waits; False when no broker could be reached, which does no harm."""
    return _send(train, [run_id])


def hint(channel: str, kind: str, pks: list[Any]) -> bool:
    """Tell a worker that rows of the host changed. After a failure nothing is sent for a minute."""
    global _silent_until
    if not current_app.conf.broker_url or time.monotonic() < _silent_until:
        return False
    for start in range(0, len(pks), _MOST_ROWS):
        if not _send(sync_rows, [channel, kind, pks[start : start + _MOST_ROWS]]):
            _silent_until = time.monotonic() + _PAUSE
            return False
    return True


def call_for_inbox() -> bool:
    """Tell a worker that batches wait: at once, or in half a second where one was told within the last half.

    So a burst of batches costs two messages a second and process, and the last one is not left waiting.
    """
    global _called_for, _silent_until
    now = time.monotonic()
    if not current_app.conf.broker_url or now < _silent_until or now <= _called_for:
        return False
    pause = max(_called_for + _CALL_EVERY - now, 0.0)
    sent = _send(collect, [], countdown=pause or None)
    if sent:
        _called_for = now + pause
    else:
        _silent_until = now + _PAUSE
    return sent


def call_for_recount() -> bool:
    """Tell a worker that a decision about bots waits to be applied."""
    return _send(recount, [])


def _look() -> None:
    # One that nobody took within the minute is followed by the next.
    _send(sweep, [], expires=LOOK_SECONDS)


def _send(task: Any, arguments: list[Any], **options: Any) -> bool:
    from kombu.pools import producers

    if not current_app.conf.broker_url:
        return False
    try:
        connection = _connection()
        _knock(connection)
        with producers[connection].acquire(block=True, timeout=_PATIENCE) as producer:
            task.apply_async(arguments, producer=producer, retry=False, **options)
    except Exception as error:  # each transport has errors of its own, and a missing package is one too
        logger.warning("No broker could be reached (%s); a worker will find the work by itself.", type(error).__name__)
        return False
    return True


def _connection() -> Any:
    """One that tries once: a page of the shop must not wait for a broker that is not there."""
    once = {"max_retries": 0, "socket_connect_timeout": _PATIENCE, "socket_timeout": _PATIENCE}
    options = once | dict(current_app.conf.broker_transport_options or {})
    return current_app.connection_for_write(connect_timeout=_PATIENCE, transport_options=options)


def _knock(connection: Any) -> None:
    """Redis's client tries again for some seconds where nobody listens, whatever it is told.

    Raises:
        OSError: nobody listens.
    """
    if connection.transport_cls in ("redis", "rediss") and connection.hostname and not connection.alt:
        socket.create_connection((connection.hostname, connection.port or 6379), timeout=_PATIENCE).close()
