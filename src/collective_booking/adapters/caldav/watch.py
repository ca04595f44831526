"""A clock beside the connections of a session: at the deadline whatever they wait for ends.

Lives here: which connections those are, and how they are woken.
Must not live here: what is asked and answered.

The time limit of an HTTP library begins anew with each byte that comes, and while it waits for
the head of an answer nobody else gets to look at a clock: a server that sends a byte now and then
would be waited for without end.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from functools import cache
from socket import SHUT_RDWR, socket
from threading import Lock, Timer
from types import TracebackType
from typing import Any, Final, Self


class Watch:
    """All that the *session* of a client waits for ends after *seconds*.

    A connection that was made before is closed at the beginning, for nobody watches it.
    """

    def __init__(self, session: Any, seconds: float) -> None:
        self.over: bool = False
        self._session = session
        self._lock = Lock()
        self._sockets: list[socket] = []
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        for adapter in self._session.adapters.values():
            _look_at(adapter)
        self._timer.start()
        self._token = _WATCH.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        self._timer.join()
        _WATCH.reset(self._token)
        for each in self._sockets:
            each.close()

    def add(self, opened: socket) -> None:
        """Watch what is *opened*, by a socket of our own: TLS takes the other one apart."""
        ours = opened.dup()
        with self._lock:
            self._sockets.append(ours)
            if self.over:
                _shut(ours)

    def _end(self) -> None:
        with self._lock:
            self.over = True
            for each in self._sockets:
                _shut(each)


_WATCH: Final[ContextVar[Watch | None]] = ContextVar("_WATCH", default=None)
"""A calendar is asked by one thread, which makes all connections that this takes."""


def _shut(opened: socket) -> None:
    """Closing would wake nobody: the kernel keeps what a thread is waiting at."""
    with suppress(OSError):  # the other side was faster
        opened.shutdown(SHUT_RDWR)


def _look_at(adapter: Any) -> None:
    """Let the connections that *adapter* makes be watched, those through a proxy too."""
    if not hasattr(adapter, "poolmanager") or "proxy_manager_for" in vars(adapter):
        return  # a host's own, which makes no connections; or it is looked at already
    _make_watched(adapter.poolmanager)
    make = adapter.proxy_manager_for

    def proxy_manager_for(*args: Any, **kwargs: Any) -> Any:
        return _make_watched(make(*args, **kwargs))

    adapter.proxy_manager_for = proxy_manager_for


def _make_watched(manager: Any) -> Any:
    pools: Mapping[str, Any] = manager.pool_classes_by_scheme
    if not all(issubclass(each.ConnectionCls, _Watched) for each in pools.values()):
        manager.clear()
        manager.pool_classes_by_scheme = {name: _watched(each) for name, each in pools.items()}
    return manager


class _Watched:
    """A connection that shows its sockets to the watch."""

    def _new_conn(self) -> Any:
        made: Any = super()._new_conn()  # type: ignore[misc]
        if watch := _WATCH.get():
            try:
                watch.add(made)
            except BaseException:
                made.close()
                raise
        return made


@cache
def _watched(pool: Any) -> Any:
    """A class of pools like *pool*, whose connections are watched."""
    connection = type(pool.ConnectionCls.__name__, (_Watched, pool.ConnectionCls), {})
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})
