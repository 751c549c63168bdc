#!/usr/bin/env python3
"""Writes delivery notes of a mill as PDFs, and their annotations, for the pictures of the guide.

usage: assets/notes.py FOLDER

FOLDER gets note-01.pdf to note-12.pdf, annotations-1.json (the first five) and annotations-2.json (five more). The
documents are made up; two layouts, so that there is something to learn.
"""
import json, pathlib, sys

CLIENTS = ["Ada Bauer Bakery", "Bo Carlsen & Sons", "Cafe Duval", "Hotel Ebert", "Fischer Brothers"]
TOWNS = ["Lange Gasse 4, 53111 Bonn", "Quai 12, 69002 Lyon", "Torggata 7, 0181 Oslo"]
GOODS = [("Wheat flour 405", 25), ("Rye flour 997", 20), ("Spelt, whole", 10), ("Bran", 5)]


def text(x, y, size, words, font="F"):
    words = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{font} {size} Tf {x} {y} Td ({words}) Tj ET"


def note(n):
    """The drawing of a page, and what is true of it."""
    ticket, day = f"ML-{n * 37 + 11:04}", f"{n % 28 + 1:02}.03.2026"
    client, town, sacks = CLIENTS[n % 5], TOWNS[n % 3], n + 3
    if n % 3 == 2:
        lines = [text(72, 720, 22, "Delivery note", "B"), text(380, 724, 11, f"Our ref. {ticket}"),
                 text(380, 706, 11, f"Delivered {day}"), text(72, 660, 11, "Ship to", "B"), text(72, 644, 11, client),
                 text(72, 628, 11, town), "72 590 468 0.8 re f"]
    else:
        lines = [text(72, 724, 20, "Mill at the Weir", "B"), text(72, 704, 10, "Weir Lane 1, 53113 Bonn"),
                 "72 692 468 0.8 re f", text(72, 660, 13, "DELIVERY NOTE", "B"), text(72, 636, 11, f"Ref. {ticket}"),
                 text(300, 636, 11, f"Sent on {day}"), text(72, 612, 11, f"For: {client}"), text(95, 596, 11, town)]
    y = 560
    for words, weight in GOODS[: 2 + n % 3]:
        lines += [text(84, y, 11, words), text(330, y, 11, f"{weight} kg")]
        y -= 22
    lines += ["72 %d 468 0.8 re f" % (y + 8), text(84, y - 12, 12, f"Sacks in all: {sacks}", "B"),
              text(72, y - 60, 10, "Received in good order: ______________________")]
    truth = {"ticket": ticket, "client": client, "delivered_on": day, "sacks": str(sacks)}
    return "\n".join(lines), truth


def pdf(drawing):
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
               "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 6 0 R "
               "/Resources << /Font << /F 4 0 R /B 5 0 R >> >> >>",
               "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
               "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
               f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream"]
    file, table = "%PDF-1.4\n", ""
    for number, body in enumerate(objects, 1):
        table += f"{len(file):010} 00000 n \n"
        file += f"{number} 0 obj\n{body}\nendobj\n"
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(file)}\n%%EOF\n"
    return (file + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}").encode("latin-1")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    nowhere = {"xmin": 0, "ymin": 0, "xmax": 0, "ymax": 0}
    annotations = []
    for n in range(1, 13):
        drawing, truth = note(n)
        name = f"note-{n:02}.pdf"
        (folder / name).write_bytes(pdf(drawing))
        objects = [{"name": label, "ocr_text": said, "bndbox": nowhere} for label, said in truth.items()]
        annotations.append({"filename": name, "object": objects})
    (folder / "annotations-1.json").write_text(json.dumps(annotations[:5]))
    (folder / "annotations-2.json").write_text(json.dumps(annotations[5:10]))


main()
