"""What schemathesis sends as files: the interface description can say that an upload is a picture, not what one is."""
import base64

import schemathesis
from hypothesis import strategies as st

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

schemathesis.openapi.format("binary", st.binary(max_size=200).map(lambda tail: PNG + tail))
