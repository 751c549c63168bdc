"""PyPI `rpaframework`, `RPA.DocumentAI.Nanonets`: full text, the models, a file, and its own reading of the reply."""
import json, os, pathlib
from RPA.DocumentAI.Nanonets import Nanonets

told = json.loads(os.environ["PROOFDESK_CLIENT"])
documents = pathlib.Path(told["documents"])


def said(what):
    print(f"ok: {what}", flush=True)


robot = Nanonets()
robot.base_url = told["url"]
robot.set_authorization(told["key"])
(text,) = robot.ocr_fulltext("a receipt.pdf", str(documents / "i2d_oyo.pdf"))
assert text["filename"] == "a receipt.pdf" and "IBZY2087" in text["page_data"][0]["raw_text"], text["filename"]
said("the full text of a file")
models = robot.get_all_models()
assert any(model["model_id"] == "general" and model["model_type"] for model in models), models
said("the models are listed")
prediction = robot.predict_file(str(documents / "zf_Mustang_RE-20190610_507.pdf"), "general")
fields = robot.get_fields_from_prediction_result(prediction)
assert fields and all(field["label"] and "ocr_text" in field for field in fields)
said(f"{len(fields)} fields of a file")
tables = robot.get_tables_from_prediction_result(prediction)
assert tables and all(len(table["rows"]) > 1 for table in tables), tables
assert all(cell["text"] is not None for table in tables for row in table["rows"] for cell in row)
said(f"{len(tables)} tables with rows")
# The client has no word for training; it asks the model that was trained over the API.
assert any(model["model_id"] == told["model"] for model in models), models
prediction = robot.predict_file(str(documents / "i2d_oyo.pdf"), told["model"])
fields = {field["label"]: field["ocr_text"] for field in robot.get_fields_from_prediction_result(prediction)}
assert fields == {"booking": "IBZY2087", "total": "1939"}, fields
said("the trained model says the trained labels")
