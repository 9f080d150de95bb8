"""What extraction needs and leaves behind on this machine: weights, converted graphs, the store."""

from ._cache_contents import CacheInfo, cache_info, forget_photos, purge_cache
from ._inventory import WEIGHTS, GraphState, StoreState, graph_states, store_state

__all__ = [
    "WEIGHTS",
    "CacheInfo",
    "GraphState",
    "StoreState",
    "cache_info",
    "forget_photos",
    "graph_states",
    "purge_cache",
    "store_state",
]
