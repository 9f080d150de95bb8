"""Doubles of a photo, as people and programs make them; each is saved as JPEG."""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

Picture = Image.Image
Maker = Callable[[Picture, np.random.Generator], Picture]


def double(kind: str, picture: Picture, seed: int = 0) -> bytes:
    """Return the bytes of a JPEG file of a double."""
    file = io.BytesIO()
    made = KINDS[kind](picture.convert("RGB"), np.random.default_rng(seed))
    made.convert("RGB").save(file, "JPEG", quality=90)
    return file.getvalue()


def cropped(share: float) -> Maker:
    """Keep all but a share of width and height, anywhere."""

    def crop(picture: Picture, rng: np.random.Generator) -> Picture:
        width, height = (round(side * (1 - share)) for side in picture.size)
        x, y = rng.integers(0, picture.width - width + 1), rng.integers(0, picture.height - height + 1)
        return picture.crop((x, y, x + width, y + height))

    return crop


def framed(share: float) -> Maker:
    def frame(picture: Picture, rng: np.random.Generator) -> Picture:
        colour = [(255, 255, 255), (0, 0, 0), (200, 30, 30)][rng.integers(3)]
        return ImageOps.expand(picture, round(min(picture.size) * share), colour)

    return frame


def straightened(degrees: float) -> Maker:
    """Turn a little either way and cut off the corners."""

    def straighten(picture: Picture, rng: np.random.Generator) -> Picture:
        turned = picture.rotate(degrees * rng.choice([-1, 1]), Image.Resampling.BICUBIC)
        half = np.tan(np.radians(degrees)) / 2
        x, y = round(picture.height * half), round(picture.width * half)
        return turned.crop((x, y, picture.width - x, picture.height - y))

    return straighten


def screenshot(picture: Picture, rng: np.random.Generator) -> Picture:
    """Show it on a phone, with a clock above and buttons below."""
    ground, ink = [("black", "white"), ("white", "black")][rng.integers(2)]
    screen = Image.new("RGB", (540, 1170), ground)
    shown = picture.resize((540, round(picture.height * 540 / picture.width)), Image.Resampling.BICUBIC)
    screen.paste(shown, (0, (1170 - shown.height) // 2))
    draw = ImageDraw.Draw(screen)
    draw.text((30, 20), "12:41", fill=ink)
    draw.text((430, 20), "LTE", fill=ink)
    for x in (80, 200, 320, 440):
        draw.ellipse((x, 1080, x + 36, 1116), outline=ink, width=3)
    return screen


def stamped(picture: Picture, rng: np.random.Generator) -> Picture:
    picture = picture.copy()
    place = (picture.width * 0.55, picture.height * 0.9)
    ImageDraw.Draw(picture).text(place, "2019 05 12", fill=(255, 140, 0))
    return picture


def noisy(picture: Picture, rng: np.random.Generator) -> Picture:
    levels = np.asarray(picture) + rng.normal(0, 8, (picture.height, picture.width, 3))
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


def both(*makers: Maker) -> Maker:
    """Make one after the other."""

    def make(picture: Picture, rng: np.random.Generator) -> Picture:
        for maker in makers:
            picture = maker(picture, rng)
        return picture

    return make


def always(change: Callable[[Picture], Picture]) -> Maker:
    return lambda picture, rng: change(picture)


halved = always(lambda picture: picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS))
mirrored = always(ImageOps.mirror)
turned = always(lambda picture: picture.transpose(Image.Transpose.ROTATE_90))
grey = always(lambda picture: picture.convert("L").convert("RGB"))

KINDS: dict[str, Maker] = {
    "saved again": always(lambda picture: picture),
    "halved": halved,
    "grey": grey,
    "sepia": always(lambda picture: ImageOps.colorize(picture.convert("L"), "#201000", "#ffe8c0")),
    "noise": noisy,
    "blurred": always(lambda picture: picture.filter(ImageFilter.GaussianBlur(min(picture.size) / 100))),
    "date stamp": stamped,
    "brighter by 30 %": always(lambda picture: picture.point(lambda level: min(255, int(level * 1.3)))),
    "mirrored": mirrored,
    "turned by 90 degrees": turned,
    "turned by 180 degrees": always(lambda picture: picture.transpose(Image.Transpose.ROTATE_180)),
    "cropped by 5 %": cropped(0.05),
    "cropped by 10 %": cropped(0.1),
    "cropped by 20 %": cropped(0.2),
    "cropped by 30 %": cropped(0.3),
    "cropped by 50 %": cropped(0.5),
    "framed, 5 %": framed(0.05),
    "framed, 15 %": framed(0.15),
    "phone screenshot": screenshot,
    "straightened by 3 degrees": straightened(3),
    "straightened by 5 degrees": straightened(5),
    "mirrored and cropped by 10 %": both(mirrored, cropped(0.1)),
    "turned and cropped by 10 %": both(turned, cropped(0.1)),
    "grey and cropped by 10 %": both(grey, cropped(0.1)),
    "cropped by 10 % and halved": both(cropped(0.1), halved),
}
