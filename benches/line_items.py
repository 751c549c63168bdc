"""How much of the lines of invoices a table label finds: before training, by the names of its columns, and after, held out.

    python3 benches/line_items.py URL KEY ../shared

URL and KEY are of a running `proofdesk serve`; the invoices with a *.table.json are taught without places. A cell is right
that says the same in the same column, row after row, figures by how much they are.
"""

import json
import pathlib
import re
import sys

url, key, shared = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
sys.path.insert(0, str(shared / "bench"))
from wire import Server  # noqa: E402

server = Server(url, key)


def compared(text):
    figure = re.sub(r"[^\d,.\-]", "", text)
    if re.fullmatch(r"-?[\d.,]*\d", figure) and not re.search("[A-Za-z]{3}", text):
        sign = figure.rfind(",") > figure.rfind(".")
        figure = figure.replace(".", "").replace(",", ".") if sign else figure.replace(",", "")
        try:
            return f"{float(figure):g}"
        except ValueError:
            pass
    return re.sub(r"\W", "", text).lower()


def in_common(a, b):
    """The length of the longest sequence that both have."""
    row = [0] * (len(b) + 1)
    for one in a:
        last, row = row, [0] * (len(b) + 1)
        for n, other in enumerate(b):
            row[n + 1] = last[n] + 1 if one == other else max(row[n], last[n + 1])
    return row[-1]


def said(model, pdf, columns):
    cells = {column: [] for column in columns}
    for page in server.files(f"/OCR/Model/{model}/LabelFile/", [pdf])["result"]:
        for box in page["prediction"]:
            for cell in sorted(box.get("cells") or [], key=lambda cell: (cell["row"], cell["col"])):
                if cell["label"] in cells and cell["text"].strip():
                    cells[cell["label"]].append(compared(cell["text"]))
    return cells


def measure(documents):
    """Of invoices whose tables have the same columns: counts before training, and what training says of those held out."""
    tables = {document: json.loads(document.read_text()) for document in documents}
    pdfs = {document: document.with_name(document.name.replace(".table.json", ".pdf")) for document in documents}
    columns = tables[documents[0]]["columns"]
    label = {"name": "line_items", "type": "table", "columns": columns}
    model = server.json("POST", "/OCR/Model/", {"categories": [label], "model_type": "ocr"})["model_id"]
    counts = [0, 0, 0]
    for document, table in tables.items():
        found = said(model, pdfs[document], columns)
        of_document = [0, 0, 0]
        for n, name in enumerate(columns):
            wanted = [compared(row[n]) for row in table["rows"] if row[n].strip()]
            for at, count in enumerate((in_common(wanted, found[name]), len(wanted), len(found[name]))):
                of_document[at] += count
        print(f"  {pdfs[document].name}: {of_document[0]} right of {of_document[1]}, {of_document[2]} said")
        counts = [sum(pair) for pair in zip(counts, of_document)]
    if len(documents) < 2:
        return counts, None
    nowhere = {"xmin": 0, "ymin": 0, "xmax": 0, "ymax": 0}
    for document, table in tables.items():
        cells = [
            {"row": row, "col": col, "row_span": 1, "col_span": 1, "label": name, "text": text, **nowhere}
            for row, texts in enumerate(table["rows"], 1)
            for col, (name, text) in enumerate(zip(columns, texts), 1)
        ]
        box = {"name": "line_items", "type": "table", "ocr_text": "table", "bndbox": nowhere, "cells": cells}
        data = json.dumps([{"filename": pdfs[document].name, "object": [box]}])
        server.files(f"/OCR/Model/{model}/UploadFile/", [pdfs[document]], data=data)
    server.train(model)
    return counts, server.model(model)["report"]["labels"][0]


kinds = {}
for document in sorted((shared / "data" / "invoices").glob("*.table.json")):
    kinds.setdefault(tuple(json.loads(document.read_text())["columns"]), []).append(document)
total = [0, 0, 0]
for columns, documents in kinds.items():
    print(", ".join(columns))
    counts, report = measure(documents)
    total = [sum(pair) for pair in zip(total, counts)]
    if report:
        print(f"  after training, held out: F1 {report['f1']:.3f} of {report['truths']} cells")
right, truths, all_said = total
print(f"before training: F1 {2 * right / max(1, truths + all_said):.3f} ({right} right, {truths} annotated, {all_said} said)")
