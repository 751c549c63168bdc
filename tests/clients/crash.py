#!/usr/bin/env python3
"""`proofdesk serve` is killed (SIGKILL) at random moments of uploading and reading, again and again.

    python3 tests/clients/crash.py [--rounds 20] [--seed 1] [--binary target/debug/proofdesk]

After each restart every file that was accepted is there exactly once, and none that was never sent; at the end every
one of them is read, each page once. Only the standard library is needed.
"""
import argparse, base64, collections, http.client, json, pathlib, random, signal, subprocess, sys, tempfile, threading, time
import urllib.error, urllib.request, uuid
from run import FIXTURES, ROOT

#: Documents with their number of pages; text layers, so that many are read between two kills.
DOCUMENTS = {"i2d_oyo.pdf": 1, "i2d_coolblue1.pdf": 1, "zf_Mustang_RE-20190610_507.pdf": 1, "icdar13_us-016.pdf": 3}
LOST = (OSError, http.client.HTTPException, urllib.error.URLError, json.JSONDecodeError)


class Server:
    """The server of one round, on the data folder of all rounds."""

    def __init__(self, binary, data):
        command = [binary, "serve", "--listen", "127.0.0.1:0", "--data", data, "--key", "k"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise SystemExit("FAILED: the server did not start again")

    def ask(self, method, path, body=None, kind="application/json"):
        headers = {"Authorization": "Basic " + base64.b64encode(b"k:").decode(), "Content-Type": kind}
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply)

    def send(self, name, metadata):
        """Submits a document for later; the name that the service gives it."""
        boundary = uuid.uuid4().hex
        head = (f'--{boundary}\r\nContent-Disposition: form-data; name="request_metadata"\r\n\r\n{metadata}\r\n'
                f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n')
        body = head.encode() + (FIXTURES / name).read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        reply = self.ask("POST", "/OCR/Model/general/LabelFile/Async/", body, f"multipart/form-data; boundary={boundary}")
        return reply["result"][0]["request_file_id"]

    def pages(self):
        """All pages of yesterday and today."""
        today = int(time.time() // 86400)
        path = f"/Inferences/Model/general/InferenceRequest/?start_day_interval=1&current_batch_day={today}"
        reply = self.ask("GET", path)
        return reply["moderated_images"] + reply["unmoderated_images"]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Desk:
    """What the clients of all rounds know."""

    def __init__(self):
        self.accepted, self.tried, self.guard = {}, {}, threading.Lock()

    def upload(self, server, chance):
        """Sends documents until the server is gone."""
        while True:
            name, metadata = chance.choice(list(DOCUMENTS)), uuid.uuid4().hex
            with self.guard:
                self.tried[metadata] = name
            try:
                file = server.send(name, metadata)
            except LOST:
                return
            with self.guard:
                self.accepted[metadata] = file

    def check(self, pages):
        """Every accepted file once, no other file than was sent, no page twice."""
        files = collections.defaultdict(set)
        for page in pages:
            files[page["request_metadata"]].add(page["request_file_id"])
        lost = [metadata for metadata, file in self.accepted.items() if files.get(metadata) != {file}]
        twice = [metadata for metadata, ids in files.items() if len(ids) > 1 or metadata not in self.tried]
        ids = [page["id"] for page in pages]
        if lost or twice or len(ids) != len(set(ids)):
            raise SystemExit(f"FAILED: {len(lost)} lost, {len(twice)} twice, {len(ids) - len(set(ids))} pages doubled")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "debug" / "proofdesk")
    arguments = arguments.parse_args()
    chance, desk, binary = random.Random(arguments.seed), Desk(), arguments.binary.resolve()
    with tempfile.TemporaryDirectory() as data:
        for _ in range(arguments.rounds):
            server = Server(binary, data)
            desk.check(server.pages())
            clients = [threading.Thread(target=desk.upload, args=(server, random.Random(chance.random()))) for _ in range(2)]
            for client in clients:
                client.start()
            time.sleep(chance.uniform(0.02, 1.0))
            server.kill()
            for client in clients:
                client.join()
        server = Server(binary, data)
        try:
            deadline = time.time() + 600
            while True:
                pages = server.pages()
                if all(page["status"] != "pending" for page in pages):
                    break
                if time.time() > deadline:
                    raise SystemExit("FAILED: some files are never read")
                time.sleep(0.5)
            desk.check(pages)
            numbers = collections.defaultdict(list)
            for page in pages:
                numbers[page["request_metadata"]].append(page["page"])
                if page["status"] != "success":
                    raise SystemExit(f"FAILED: a page ended as {page['status']}")
            for metadata, found in numbers.items():
                if sorted(found) != list(range(DOCUMENTS[desk.tried[metadata]])):
                    raise SystemExit(f"FAILED: {desk.tried[metadata]} has pages {sorted(found)}")
        finally:
            server.process.terminate()
            server.process.wait()
    print(f"crash: {arguments.rounds} kills, {len(desk.accepted)} files accepted and read once, "
          f"{len(desk.tried) - len(desk.accepted)} answers lost on the way")
    print("crash: 1 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
