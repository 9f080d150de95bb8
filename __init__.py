"""facebench: which image features and which classifier recognise one person best, on your own photos.

Data flows one way: photos -> split -> vectors -> head -> scores -> result -> table.

- `facebench.data`: photos, data sets, splits
- `facebench.embeddings`: photo -> vector (extractors)
- `facebench.classifiers`: vectors -> score (heads)
- `facebench.benchmarks`: the experiment, its results and tables
- `facebench.cli`: the command `bench`
"""
