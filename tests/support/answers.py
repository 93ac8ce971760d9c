"""One literal answer of each small model and face tool, written to the shape of the real ones."""

from typing import Any

E2V_LABELS = [
    "生气/angry",
    "厌恶/disgusted",
    "恐惧/fearful",
    "开心/happy",
    "中立/neutral",
    "其他/other",
    "难过/sad",
    "吃惊/surprised",
    "<unk>",
]

HUGGINGFACE: Any = [
    [{"label": "hap", "score": 0.71}, {"label": "neu", "score": 0.2}],
    [{"label": "sad", "score": 0.48}, {"label": "neu", "score": 0.4}],
]
EMOTION2VEC: Any = [
    {
        "key": "clip_1",
        "labels": E2V_LABELS,
        "scores": [0.01, 0.0, 0.0, 0.9, 0.05, 0.0, 0.02, 0.02, 0.0],
        "feats": [0.12, -0.3, 0.5],
    }
]
SENSEVOICE: Any = [
    {"key": "clip_1", "text": "<|en|><|HAPPY|><|Speech|><|withitn|>Thank you so much."},
    {"key": "clip_1", "text": "<|en|><|NEUTRAL|><|Laughter|><|withitn|>Well."},
]
SPEECHBRAIN: Any = [[[0.02, 0.01, 0.95, 0.02]], [0.95], [2], ["hap"]]
DEEPFACE: Any = [
    {
        "emotion": {
            "angry": 0.02,
            "disgust": 0.0,
            "fear": 0.3,
            "happy": 97.4,
            "sad": 0.1,
            "surprise": 0.2,
            "neutral": 1.98,
        },
        "dominant_emotion": "happy",
        "region": {"x": 210, "y": 84, "w": 161, "h": 160, "left_eye": [320, 150], "right_eye": None},
        "face_confidence": 0.92,
    }
]
FER: Any = [
    {
        "box": [277, 90, 48, 63],
        "emotions": {
            "angry": 0.02,
            "disgust": 0.0,
            "fear": 0.05,
            "happy": 0.16,
            "neutral": 0.09,
            "sad": 0.27,
            "surprise": 0.41,
        },
    }
]
LOGITS = [-1.2, -0.6, 0.1, -2.3, 5.4, 1.9, -0.8, 0.3]
HSEMOTION: Any = ["Happiness", LOGITS]
PYFEAT = (
    b"FaceRectX,FaceRectY,FaceRectWidth,FaceRectHeight,FaceScore,x_0,x_1,Pitch,AU01,AU12,"
    b"anger,disgust,fear,happiness,sadness,surprise,neutral,valence,arousal,input,frame,approx_time,Identity\n"
    b"231.4,213.9,662.0,660.0,0.99,262.1,263.2,0.08,0.31,0.96,"
    b"0.0,0.0,0.0,0.97,0.0,0.01,0.02,0.74,-0.2,a.mp4,0,00:00,\n"
    b",,,,,,,,,,,,,,,,,,,a.mp4,24,00:01,\n"
    b"230.4,213.0,660.0,661.0,0.98,261.1,262.2,0.07,0.02,0.06,"
    b"0.1,0.0,0.1,0.02,0.7,0.01,0.07,-0.6,-0.9,a.mp4,48,00:02,\n"
)
OPENFACE = (
    b"frame, face_id, timestamp, confidence, success, gaze_0_x, pose_Tx, x_0, x_1, AU01_r, AU12_r, AU12_c, AU28_c\n"
    b"1, 0, 0.000, 0.98, 1, 0.05, 12.5, 301.5, 302.5, 0.42, 4.00, 1.00, 0.00\n"
    b"2, 0, 0.033, 0.20, 0, 0.00, 0.0, 0.0, 0.0, 0.00, 0.00, 0.00, 0.00\n"
    b"3, 0, 0.067, 0.97, 1, 0.04, 12.6, 301.9, 302.7, 2.50, 0.00, 0.00, 1.00\n"
)
REKOGNITION: Any = {
    "FaceDetails": [
        {
            "BoundingBox": {"Width": 0.27, "Height": 0.53, "Left": 0.44, "Top": 0.16},
            "AgeRange": {"Low": 46, "High": 64},
            "Smile": {"Value": False, "Confidence": 99.5},
            "Gender": {"Value": "Male", "Confidence": 99.8},
            "Emotions": [
                {"Type": "DISGUSTED", "Confidence": 0.2},
                {"Type": "CALM", "Confidence": 81.0},
                {"Type": "ANGRY", "Confidence": 3.7},
                {"Type": "SAD", "Confidence": 11.9},
                {"Type": "HAPPY", "Confidence": 0.1},
                {"Type": "FEAR", "Confidence": 0.3},
                {"Type": "SURPRISED", "Confidence": 0.8},
                {"Type": "CONFUSED", "Confidence": 2.0},
            ],
            "Landmarks": [{"Type": "eyeLeft", "X": 0.5, "Y": 0.4}],
            "Pose": {"Roll": 1.0, "Yaw": -3.0, "Pitch": 2.0},
            "Quality": {"Brightness": 80.0, "Sharpness": 90.0},
            "Confidence": 99.9,
        }
    ]
}
GOOGLE_VISION: Any = {
    "responses": [
        {
            "faceAnnotations": [
                {
                    "boundingPoly": {"vertices": [{"x": 12}, {"x": 52}, {"x": 52, "y": 90}, {"x": 12, "y": 90}]},
                    "landmarks": [{"type": "LEFT_EYE", "position": {"x": 20.0, "y": 30.0, "z": 0.0}}],
                    "rollAngle": 1.5,
                    "panAngle": -2.0,
                    "tiltAngle": 0.5,
                    "detectionConfidence": 0.98,
                    "joyLikelihood": "VERY_LIKELY",
                    "sorrowLikelihood": "VERY_UNLIKELY",
                    "angerLikelihood": "VERY_UNLIKELY",
                    "surpriseLikelihood": "POSSIBLE",
                    "underExposedLikelihood": "VERY_UNLIKELY",
                    "blurredLikelihood": "UNLIKELY",
                    "headwearLikelihood": "UNKNOWN",
                }
            ]
        }
    ]
}
LAION: Any = {
    "file": "a.wav",
    "caption": "so glad you came",
    "emotions": {
        "Amusement": 2.1,
        "Elation": 1.5,
        "Contentment": 0.7,
        "Hope_Enthusiasm_Optimism": 1.2,
        "Interest": 1.3,
        "Thankfulness_Gratitude": 2.6,
        "Fatigue_Exhaustion": 0.0,
        "Sadness": 0.1,
        "Anger": 0.0,
        "Jealousy_&_Envy": 0.0,
        "Age": 2.0,
        "Gender": -1.5,
        "Valence": 2.5,
        "Arousal": 3.5,
    },
}
EMOTIONML = b"""<?xml version="1.0" encoding="UTF-8"?>
<emotionml xmlns="http://www.w3.org/2009/10/emotionml" version="1.0"
           category-set="http://www.w3.org/TR/emotion-voc/xml#big6">
  <emotion offset-to-start="500" duration="1200" expressed-through="voice">
    I'm fine
    <category name="sadness" value="0.34" confidence="0.8"/>
    <dimension name="arousal" value="0.1"/>
    <reference uri="call.wav#t=0.4,1.7"/>
  </emotion>
</emotionml>
"""

PLAIN: dict[str, Any] = {
    "huggingface": HUGGINGFACE,
    "emotion2vec": EMOTION2VEC,
    "sensevoice": SENSEVOICE,
    "speechbrain": SPEECHBRAIN,
    "deepface": DEEPFACE,
    "fer": FER,
    "hsemotion": HSEMOTION,
    "rekognition": REKOGNITION,
    "google-vision": GOOGLE_VISION,
    "laion": LAION,
}
"""By format: plain data."""

TEXT = {"pyfeat": PYFEAT, "openface": OPENFACE, "emotionml": EMOTIONML}
"""By format: bytes of a table or of XML."""
