"""The thread that sends what is signed while a window is open or a service runs."""

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self, TypeVar

from core.errors import ProsectorError
from service import notify
from service.outbox import deliver_outbox
from service.outbox_bundle import remove_unfinished, unsent
from service.outbox_list import shipments
from service.outbox_send import hearing
from service.workspace import Workspace

T = TypeVar("T")

_LOGGER = logging.getLogger(__name__)
_POLL_S = 1.0


class OutboxSender:
    """Sends what is due on a thread of its own for the time of a `with` block, and hears what archives answer."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="outbox sender")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def wake(self) -> None:
        """Look at once whether something is due."""
        self._woken.set()

    def _run(self) -> None:
        with ExitStack() as ears:
            hears = False
            self._guarded(self._tidy)
            while not self._stopping.is_set():
                self._guarded(lambda: deliver_outbox(self._ws, self._stopping.is_set))
                is_asked = self._guarded(self._is_asked) or False
                if is_asked and not hears:
                    ears.enter_context(hearing(self._ws, shipments(self._ws)))
                elif hears and not is_asked:
                    ears.close()
                hears = is_asked
                self._woken.wait(_POLL_S)
                self._woken.clear()

    def _tidy(self) -> None:
        for uid in remove_unfinished(self._ws):
            notify.forget(self._ws, uid)

    def _is_asked(self) -> bool:
        return bool(unsent(self._ws)) and shipments(self._ws).is_asked()

    def _guarded(self, step: Callable[[], T]) -> T | None:
        """Do a step; whatever it raises, the sender lives on, and the lamp says what is wrong."""
        try:
            return step()
        except ProsectorError as error:  # the disk, or the audit trail: said where the next step is done too
            _LOGGER.warning("nothing was sent from the outbox: %s", error)
        except Exception:
            _LOGGER.exception("the outbox sender met something unexpected")
        return None
