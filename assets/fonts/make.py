#!/usr/bin/env python3
"""Makes the three weights of Inter that the window uses from the full fonts of Debian's `fonts-inter`.

    pip install fonttools==4.60.1 && python3 assets/fonts/make.py /usr/share/fonts/opentype/inter

What is changed, and why:
- digits are the tabular ones, so that amounts and scores stand in columns;
- contextual alternates and ligatures are left out: they turn `->` into an arrow and `3x4` into `3×4`, and this program
  must show a value as it was read;
- only Latin, Greek, Cyrillic and common signs are kept; other scripts come from the system's fonts.
"""

import pathlib
import sys

from fontTools import subset, ttLib

WEIGHTS = ["Regular", "Medium", "SemiBold"]
RANGES = [
    (0x0020, 0x007E), (0x00A0, 0x024F), (0x0250, 0x02AF), (0x02B0, 0x036F), (0x0370, 0x03FF), (0x0400, 0x052F),
    (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20CF), (0x2100, 0x214F), (0x2150, 0x218F),
    (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2300, 0x23FF), (0x25A0, 0x25FF), (0x2600, 0x27BF), (0xFB00, 0xFB06),
]


def tabular(font):
    """Which glyph the feature `tnum` puts in place of which."""
    table = font["GSUB"].table
    swaps = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for part in table.LookupList.Lookup[index].SubTable:
                    part = getattr(part, "ExtSubTable", part)
                    swaps.update(getattr(part, "mapping", {}))
    return swaps


def make(source, target):
    font = ttLib.TTFont(source)
    swaps = tabular(font)
    for table in font["cmap"].tables:
        for digit in "0123456789":
            glyph = table.cmap.get(ord(digit))
            if glyph in swaps:
                table.cmap[ord(digit)] = swaps[glyph]
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    font.save(target)
    print(f"{target.name}: {target.stat().st_size} bytes")


def main():
    source = pathlib.Path(sys.argv[1])
    for weight in WEIGHTS:
        make(source / f"Inter-{weight}.otf", pathlib.Path(__file__).parent / f"Inter-{weight}.otf")


if __name__ == "__main__":
    main()
