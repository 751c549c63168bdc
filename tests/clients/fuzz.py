#!/usr/bin/env python3
"""Schemathesis (PyPI) makes up requests from the specification and sends them to `proofdesk serve`.

    python3 tests/clients/fuzz.py [--examples 200] [--binary target/debug/proofdesk] [--home target/clients]

Whatever is sent: no server error, replies as the specification writes them, nothing without the key. The specification
lies beside the project in ../shared/wire; where it does not, this is skipped in words.
"""
import argparse, json, os, pathlib, subprocess, sys, tempfile, urllib.request
from run import ROOT, Skipped, proofdesk, python_with

SPECIFICATION = ROOT.parent / "shared" / "wire" / "openapi.yaml"
CHECKS = "not_a_server_error,response_schema_conformance,content_type_conformance,ignored_auth"
MODEL = "{ name: model_id, in: path, required: true, schema: { type: string }"


def new_model(url):
    """A model with a label, made as any client would."""
    body = json.dumps({"categories": ["total"], "model_type": "ocr"}).encode()
    request = urllib.request.Request(f"{url}/OCR/Model/", body, {"Content-Type": "application/json", "Authorization": "Basic azo="})
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)["model_id"]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--examples", type=int, default=200)
    arguments.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "debug" / "proofdesk")
    arguments.add_argument("--home", type=pathlib.Path, default=ROOT / "target" / "clients")
    arguments = arguments.parse_args()
    if not SPECIFICATION.exists():
        print(f"skipped: {SPECIFICATION} is not here")
        return
    try:
        python = python_with(arguments.home.resolve(), "schemathesis", "4.32.5")
    except Skipped as why:
        print(f"skipped: {why}")
        return
    with proofdesk(arguments.binary.resolve()) as url, tempfile.TemporaryDirectory() as folder:
        text = SPECIFICATION.read_text()
        assert MODEL in text, "the specification names its model in another way now"
        # Of the real models, or almost every request would end at "no such model".
        models = json.dumps([new_model(url), "general"])
        schema = pathlib.Path(folder) / "openapi.yaml"
        schema.write_text(text.replace(MODEL, MODEL.replace("type: string", f"type: string, enum: {models}")))
        command = [python.parent / "schemathesis", "run", schema, "--url", url, "--auth", "k:", "--checks", CHECKS,
                   "--max-examples", str(arguments.examples), "--seed", "1", "--no-color", "--request-timeout", "60",
                   "--continue-on-failure", "--suppress-health-check", "all", "--phases", "examples,coverage,fuzzing"]
        ended = subprocess.run(command, env={**os.environ, "NO_PROXY": "127.0.0.1"}, cwd=folder)
    print(f"schemathesis: {'1 passed, 0 failed' if ended.returncode == 0 else '0 passed, 1 failed'}")
    sys.exit(ended.returncode)


if __name__ == "__main__":
    main()
