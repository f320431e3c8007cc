"""By which way studies come from an archive: the first that works, remembered for as long as the program runs."""

import logging
import threading
from collections.abc import Callable

from core.errors import ArchiveRefused, ArchiveUnreachable, ProsectorError
from core.settings import DimseNode
from pacs.association import ConnectionLost, NothingCame, ServiceNotOffered
from pacs.server import PortTaken
from pacs.site_profile import Way, site_profile

WAY_NAMES: dict[Way, str] = {"get": "C-GET", "move": "C-MOVE"}

_LOGGER = logging.getLogger(__name__)
_works: dict[tuple[str, str, int], Way] = {}
_works_lock = threading.Lock()


def by_the_way_that_works(node: DimseNode, fetch: Callable[[DimseNode], int]) -> int:
    """Return what `fetch` returns for the first way by which anything comes; raises what the last of them raised.

    `fetch` gets the node with a `retrieve` of "get" or "move". A way is left for the next one only when the archive
    does not offer it, refuses it, or breaks off before the first image; one that brings less than all is not.
    """
    refusals: list[ProsectorError] = []
    for way in ways(node):
        try:
            count = fetch(node.model_copy(update={"retrieve": way}))
        except (ServiceNotOffered, NothingCame, ConnectionLost, PortTaken) as error:
            _LOGGER.info("%s: nothing came by %s: %s", node.name, WAY_NAMES[way], error)
            refusals.append(error)
            continue
        _remember(node, way, refusals)
        return count
    if len(refusals) == 1:
        raise refusals[0]
    # what hung up may be better in a while: whoever tries again by himself must hear so
    kind = ArchiveUnreachable if any(isinstance(one, ArchiveUnreachable) for one in refusals) else ArchiveRefused
    raise kind(" ".join(map(str, refusals)))


def ways(node: DimseNode) -> tuple[Way, ...]:
    """Return the ways to try in their order: the one that worked last before the others."""
    allowed = site_profile(node).retrieve
    with _works_lock:
        known = _works.get(_key(node))
    return allowed if known not in allowed else (known, *(way for way in allowed if way != known))


def _remember(node: DimseNode, way: Way, refusals: list[ProsectorError]) -> None:
    with _works_lock:
        is_new = _works.get(_key(node)) != way
        _works[_key(node)] = way
    if is_new and refusals:
        _LOGGER.warning("%s sends by %s; that is tried first from now on. %s", node.name, WAY_NAMES[way], refusals[0])


def forget() -> None:
    """Forget what worked, as at the start of the program."""
    with _works_lock:
        _works.clear()


def _key(node: DimseNode) -> tuple[str, str, int]:
    return node.ae_title, node.host, node.port
