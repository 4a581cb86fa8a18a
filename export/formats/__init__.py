"""Model formats: a file is a format and its name the format's; listing them imports none."""

MODEL_FILE = "model.onnx"
"""What Optimum calls it, so that its classes find it in an artifact folder."""
