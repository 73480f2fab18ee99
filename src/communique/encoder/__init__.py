"""The one neural component: parse, tags and entities from one ONNX file."""
