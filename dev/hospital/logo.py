"""The hospital's logo, drawn: a white cross and its name."""

from __future__ import annotations

import base64
import io

_SIZE = (360, 80)
_COLOUR = (113, 75, 103)
_NAME = "Central Hospital"


def logo() -> bytes:
    """Return the logo as Odoo stores pictures."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGBA", _SIZE, (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((4, 8, 68, 72), 12, fill=_COLOUR)
    for box in ((28, 20, 44, 60), (16, 32, 56, 48)):
        draw.rectangle(box, fill="white")
    font = ImageFont.load_default(32)
    draw.text((84, 40), _NAME, fill=_COLOUR, font=font, anchor="lm")
    output = io.BytesIO()
    image.save(output, "PNG", optimize=True)
    return base64.b64encode(output.getvalue())
