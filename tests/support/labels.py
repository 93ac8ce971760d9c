"""Label sets written out by hand, so that a test does not take them from the files it checks."""

from collections.abc import Mapping

HUME_48: tuple[str, ...] = (
    "Admiration",
    "Adoration",
    "Aesthetic Appreciation",
    "Amusement",
    "Anger",
    "Anxiety",
    "Awe",
    "Awkwardness",
    "Boredom",
    "Calmness",
    "Concentration",
    "Confusion",
    "Contemplation",
    "Contempt",
    "Contentment",
    "Craving",
    "Desire",
    "Determination",
    "Disappointment",
    "Disgust",
    "Distress",
    "Doubt",
    "Ecstasy",
    "Embarrassment",
    "Empathic Pain",
    "Entrancement",
    "Envy",
    "Excitement",
    "Fear",
    "Guilt",
    "Horror",
    "Interest",
    "Joy",
    "Love",
    "Nostalgia",
    "Pain",
    "Pride",
    "Realization",
    "Relief",
    "Romance",
    "Sadness",
    "Satisfaction",
    "Shame",
    "Surprise (negative)",
    "Surprise (positive)",
    "Sympathy",
    "Tiredness",
    "Triumph",
)

GOEMOTIONS_28 = [
    "admiration",
    "amusement",
    "anger",
    "annoyance",
    "approval",
    "caring",
    "confusion",
    "curiosity",
    "desire",
    "disappointment",
    "disapproval",
    "disgust",
    "embarrassment",
    "excitement",
    "fear",
    "gratitude",
    "grief",
    "joy",
    "love",
    "nervousness",
    "optimism",
    "pride",
    "realization",
    "relief",
    "remorse",
    "sadness",
    "surprise",
    "neutral",
]

ADVERBS = ("slightly", "somewhat", "moderately", "quite", "very", "extremely")
FACE_BOUNDS = (0.26, 0.35, 0.44, 0.53, 0.62, 0.71)
PROSODY_BOUNDS = (0.10, 0.15, 0.20, 0.28, 0.40, 0.55)


def full(scores: Mapping[str, float], *, rest: float = 0.02, labels: tuple[str, ...] = HUME_48) -> dict[str, float]:
    """All labels in their order, those not given at a usual, low value."""
    assert set(scores) <= set(labels)
    return {label: scores.get(label, rest) for label in labels}


MODALITIES = ("face", "prosody", "burst", "language", None)
