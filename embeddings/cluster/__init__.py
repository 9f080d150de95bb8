"""Extraction on an existing Dask cluster."""

from ._cluster import Cluster, secure_cluster

__all__ = ["Cluster", "secure_cluster"]
