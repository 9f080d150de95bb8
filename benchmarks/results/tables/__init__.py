"""The tables of a run's folder: predictions.csv, photos.csv and properties.csv, read, and held in memory."""

from ._line import Prediction
from ._photo_list import PHOTOS, RunPhoto, photos_csv, read_photo_list
from ._predictions import PREDICTIONS, Texts, predictions_csv, read_predictions
from ._properties import MEASURED, PROPERTIES, PhotoProperties, Properties, properties_csv, read_properties
from ._rows import Predictions

__all__ = [
    "MEASURED",
    "PHOTOS",
    "PREDICTIONS",
    "PROPERTIES",
    "PhotoProperties",
    "Prediction",
    "Predictions",
    "Properties",
    "RunPhoto",
    "Texts",
    "photos_csv",
    "predictions_csv",
    "properties_csv",
    "read_photo_list",
    "read_predictions",
    "read_properties",
]
