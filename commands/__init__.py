"""The commands of `bench`, one module each; `facebench.cli` assembles them.

A module contains the command's function, whose parameters are its options, and `EXAMPLES` for its help text. It parses,
calls `benchmarks` and prints; heavy modules are imported inside the function. What commands share is in `parts`.
"""
