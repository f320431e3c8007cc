"""What a peer accepts, found out without sending anything: by proposing it (PS3.8 7.1.1.13)."""

from collections.abc import Iterable

from core.settings import DimseNode, ThisNode
from pacs.association import Patience, accepts, associate
from pacs.contexts import LITTLE_ENDIAN, for_sending


def kinds_taken(node: DimseNode, this_node: ThisNode, sop_classes: Iterable[str]) -> frozenset[str]:
    """Return which storage SOP classes an archive takes from us uncompressed; raises what `associate` raises."""
    wanted = sorted(set(sop_classes))
    contexts = for_sending([(uid, str(LITTLE_ENDIAN[0])) for uid in wanted])
    with associate(node, this_node, contexts, Patience(node.query_timeout_s)) as association:
        return frozenset(uid for uid in wanted if accepts(association, uid))
