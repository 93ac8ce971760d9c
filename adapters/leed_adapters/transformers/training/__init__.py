"""A voice model of one's own: a Whisper encoder with a head that scores the labels of a table of ratings.

>>> from leed_adapters.transformers.training import Settings
>>> Settings(loss="ccc", freeze="6").frozen_layers
6

`train` is the call, ``leed train-expression`` the command. Nothing here loads torch before something is trained.
"""

from leed_adapters.transformers.training.running import train
from leed_adapters.transformers.training.settings import Settings
from leed_adapters.transformers.training.trained import Event, LabelFigures, Stopped, Trained

__all__ = ["Event", "LabelFigures", "Settings", "Stopped", "Trained", "train"]
