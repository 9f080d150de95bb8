"""What extraction needs and leaves behind on this machine: weights, the store."""

from ._cache_contents import CacheInfo, cache_info, forget_photos, purge_cache
from ._inventory import WEIGHTS, StoreState, store_state

__all__ = [
    "WEIGHTS",
    "CacheInfo",
    "StoreState",
    "cache_info",
    "forget_photos",
    "purge_cache",
    "store_state",
]
