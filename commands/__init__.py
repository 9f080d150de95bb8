"""The commands of `bench`, a module each; `facebench.cli` puts them together.

A module holds the command's function, whose parameters are its options, and `EXAMPLES` for its help text. It parses,
calls `benchmarks` and prints; whatever is heavy is imported inside the function.
"""
