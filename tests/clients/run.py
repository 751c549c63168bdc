#!/usr/bin/env python3
"""The clients that other people wrote for the real service, run unchanged against `proofdesk serve`.

    python3 tests/clients/run.py [--binary target/debug/proofdesk] [--home target/clients]

Each client is installed by name, once, into an environment of its own below --home; afterwards no network is needed.
A client that this machine cannot run (no npm, a Python that its dependencies do not support) is skipped in words.
"""
import argparse, base64, contextlib, functools, http.server, json, os, pathlib, shutil, subprocess, sys, tempfile
import threading, time, urllib.request, venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FIXTURES = ROOT / "tests" / "fixtures"


class Skipped(Exception):
    """This machine cannot run the client; the sentence says why."""


def once(folder, name, install):
    """Runs `install` unless it has run in this folder before."""
    done = folder / f".{name}"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        install()
        done.write_text("")


def python_with(home, package, version):
    """The Python of an environment that has `package`."""
    folder = home / package
    bin_folder = "Scripts" if os.name == "nt" else "bin"
    python = folder / bin_folder / "python"

    def install():
        venv.create(folder, with_pip=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{package}=={version}"]
        if subprocess.run(pip).returncode != 0:
            raise Skipped(f"pip could not install {package} {version} here")

    once(folder, version, install)
    return python


def nanonets_python(home):
    return [python_with(home, "nanonets", "2.0.5"), HERE / "nanonets_python.py"]


def rpaframework(home):
    if sys.version_info >= (3, 12):
        raise Skipped("rpaframework 22.5.3 wants Python 3.11 or older")
    return [python_with(home, "rpaframework", "22.5.3"), HERE / "rpa_documentai.py"]


def nanonets_node(home):
    npm, node = shutil.which("npm"), shutil.which("node")
    if not (npm and node):
        raise Skipped("there is no npm here")
    folder, script = home / "nanonets-node", HERE / "nanonets_node.js"

    def install():
        (folder / "package.json").write_text('{"private": true}')
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", "nanonets@1.0.13"]
        if subprocess.run(command, cwd=folder).returncode != 0:
            raise Skipped("npm could not install nanonets 1.0.13 here")

    once(folder, "1.0.13", install)
    return [node, script]


CLIENTS = [("nanonets 2.0.5 (PyPI)", nanonets_python), ("rpaframework 22.5.3 (PyPI)", rpaframework),
           ("nanonets 1.0.13 (npm)", nanonets_node)]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """The test documents at addresses, without a log."""

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def documents_at_addresses():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=FIXTURES))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


@contextlib.contextmanager
def proofdesk(binary, *options):
    """A server of its own; gives its base URL."""
    with tempfile.TemporaryDirectory() as data:
        command = [binary, "serve", "--listen", "127.0.0.1:0", "--data", data, "--key", "k", *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        try:
            url = process.stdout.readline().strip()
            if not url:
                raise SystemExit("proofdesk serve did not start")
            yield url
        finally:
            process.terminate()
            process.wait(timeout=60)


def trained_model(url):
    """A model of two labels, trained with two documents over the API; its id."""

    def ask(method, path, body=None, content="application/json"):
        request = urllib.request.Request(f"{url}{path}", data=body, method=method)
        request.add_header("Authorization", "Basic " + base64.b64encode(b"k:").decode())
        request.add_header("Content-Type", content)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=300) as reply:
            return json.load(reply)

    model = ask("POST", "/OCR/Model/", json.dumps({"categories": ["booking", "total"]}).encode())["model_id"]
    truths = {"i2d_oyo.pdf": ("IBZY2087", "1939"), "i2d_coolblue1.pdf": ("993548900", "717,97")}
    for name, (booking, total) in truths.items():
        objects = [{"name": "booking", "ocr_text": booking}, {"name": "total", "ocr_text": total}]
        data = json.dumps([{"filename": name, "object": objects}])
        head = f'--b\r\nContent-Disposition: form-data; name="data"\r\n\r\n{data}\r\n--b\r\n'
        head += f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + (FIXTURES / name).read_bytes() + b"\r\n--b--\r\n"
        ask("POST", f"/OCR/Model/{model}/UploadFile/", body, "multipart/form-data; boundary=b")
    ask("POST", f"/OCR/Model/{model}/Train/", b"")
    for _ in range(600):
        state = ask("GET", f"/OCR/Model/{model}")["state"]
        if state in (5, -1):
            break
        time.sleep(0.2)
    if state != 5:
        raise SystemExit(f"the model was not trained: state {state}")
    return model


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "debug" / "proofdesk")
    arguments.add_argument("--home", type=pathlib.Path, default=ROOT / "target" / "clients")
    arguments = arguments.parse_args()
    passed, failed, skipped = 0, 0, 0
    with proofdesk(arguments.binary.resolve(), "--allow-private-urls") as url, documents_at_addresses() as addresses:
        model = trained_model(url)
        for name, prepare in CLIENTS:
            print(f"== {name}", flush=True)
            try:
                command = prepare(arguments.home.resolve())
            except Skipped as why:
                print(f"skipped: {why}", flush=True)
                skipped += 1
                continue
            told = {"url": url, "key": "k", "documents": str(FIXTURES), "addresses": addresses, "model": model}
            environment = {**os.environ, "PROOFDESK_CLIENT": json.dumps(told), "NO_PROXY": "127.0.0.1"}
            if prepare is nanonets_node:
                # Its service's address is fixed: it comes to us as to a proxy, with an absolute-form request target.
                del environment["NO_PROXY"]
                environment["NODE_PATH"] = str(arguments.home.resolve() / "nanonets-node" / "node_modules")
                environment["HTTP_PROXY"] = url.split("/api/")[0]
            ended = subprocess.run(command, env=environment, timeout=900)
            passed, failed = (passed + 1, failed) if ended.returncode == 0 else (passed, failed + 1)
    print(f"clients: {passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
