from __future__ import annotations

import os
import signal
import threading

import pytest

from insights.training.interrupts import interruptible


def _tell(number: int = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


@pytest.fixture
def handlers():
    """As in a process that ends with ``KeyboardInterrupt`` on both signals."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in kept:
        signal.signal(number, signal.default_int_handler)
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interruptible__an_interrupt_that_an_extension_made_an_error_of_is_one_again(number):
    @interruptible()
    def cut_short():
        try:
            _tell(number)
        except KeyboardInterrupt as interrupt:
            raise ImportError("initialization failed") from interrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        cut_short()

    assert isinstance(caught.value.__cause__, ImportError)


@pytest.mark.usefixtures("handlers")
def test_interruptible__an_interrupt_that_was_swallowed_comes_at_the_end():
    done = []

    @interruptible()
    def going_on():
        try:
            _tell()
        except KeyboardInterrupt:
            done.append("swallowed")
        done.append("went on")

    with pytest.raises(KeyboardInterrupt):
        going_on()

    assert done == ["swallowed", "went on"]


@pytest.mark.usefixtures("handlers")
def test_interruptible__other_errors_pass_and_the_handlers_are_given_back():
    with pytest.raises(ValueError, match="mine"), interruptible():
        raise ValueError("mine")
    with interruptible():
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler


@pytest.mark.usefixtures("handlers")
def test_interruptible__leaves_a_handler_of_the_host_alone():
    def mine(number, frame):
        return None

    signal.signal(signal.SIGTERM, mine)
    with interruptible():
        assert signal.getsignal(signal.SIGTERM) is mine


def test_interruptible__in_another_thread_it_does_nothing():
    failed = []

    def work():
        try:
            with interruptible():
                pass
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert failed == []
