"""The dense network behind `mlp`: its layers, its forward pass, and two ways to train it."""

from ._architecture import Architecture, forward
from ._keras_training import keras_training
from ._training import Training

#: What trains a network of an architecture: (architecture, batch size, learning rate, seed) to a training.
TRAINERS = {"numpy": Training, "keras": keras_training}

__all__ = ["TRAINERS", "Architecture", "Training", "forward"]
