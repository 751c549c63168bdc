#!/usr/bin/env python3
"""`proofdesk serve` is killed (SIGKILL) at random moments of uploading, reading and saving, again and again.

    python3 tests/clients/crash.py [--rounds 20] [--seed 1] [--binary target/debug/proofdesk]

Three clients submit documents for now and for later, correct, approve and delete them, upload training documents, take
them back and have the model trained. After each restart every file that was accepted is there exactly once, with what
was last said of it and answered; what was deleted is gone, and nothing is there that was never sent. What was on its way
when the server was killed may have happened or not. At the end all is read, each page once. Only the standard library is
needed.
"""
import argparse, base64, collections, http.client, json, pathlib, random, signal, subprocess, sys, tempfile, threading, time
import urllib.error, urllib.request, uuid
from run import FIXTURES, ROOT

#: Documents with their number of pages; text layers, so that many are read between two kills.
DOCUMENTS = {"i2d_oyo.pdf": 1, "i2d_coolblue1.pdf": 1, "zf_Mustang_RE-20190610_507.pdf": 1, "icdar13_us-016.pdf": 3}
#: So many files are kept at once: where there are more, clients delete.
ENOUGH = 150
CLIENTS = 3
LOST = (OSError, http.client.HTTPException, json.JSONDecodeError)
STATES = "/Inferences/Model/general/ImageLevelInferences"


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

    def json(self, method, path, body):
        return self.ask(method, path, json.dumps(body).encode())

    def send(self, path, document, name, **fields):
        """Submits a document of the fixtures under this name, with these fields."""
        parts = [('name="%s"' % field, value.encode()) for field, value in fields.items()]
        parts.append((f'name="file"; filename="{name}"', (FIXTURES / document).read_bytes()))
        boundary = uuid.uuid4().hex
        head = f"--{boundary}\r\nContent-Disposition: form-data; "
        body = b"".join(f"{head}{part}\r\n\r\n".encode() + value + b"\r\n" for part, value in parts)
        return self.ask("POST", path, body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}")

    def pages(self):
        """All pages of yesterday and today."""
        today = int(time.time() // 86400)
        path = f"/Inferences/Model/general/InferenceRequest/?start_day_interval=1&current_batch_day={today}"
        reply = self.ask("GET", path)
        return reply["moderated_images"] + reply["unmoderated_images"]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Sent:
    """Something that was sent, and what may have become of it: of each property the values that are possible."""

    def __init__(self, document):
        self.document, self.id, self.busy = document, None, False
        self.may = {"there": {False}, "text": {None}, "approved": {False}}

    def change(self, what, value, ask):
        """Asks for a change. Until it is answered, both may be so; an exception leaves it at that."""
        self.may[what] = self.may[what] | {value}
        answer = ask()
        self.may[what] = {value}
        return answer

    def seen(self, **found):
        """What a restart has brought to light must be possible, and is so from now on."""
        for what, value in found.items():
            if value not in self.may[what]:
                raise SystemExit(f"FAILED: {self.document} {self.id}: {what} is {value!r}, not of {self.may[what]}")
            self.may[what] = {value}

    def is_there(self):
        return self.may["there"] == {True}


class Clients:
    """What the clients of all rounds know."""

    def __init__(self, model):
        self.model, self.files, self.lessons, self.guard = model, {}, {}, threading.Lock()
        self.answered, self.lost, self.faults = collections.Counter(), 0, []

    def work(self, server, chance):
        """Does this and that until the server is gone."""
        acts = [self.later, self.now, self.correct, self.correct, self.decide, self.teach, self.unteach, self.train]
        while True:
            crowded = sum(one.is_there() for one in list(self.files.values())) > ENOUGH
            act = self.delete if crowded and chance.random() < 0.6 else chance.choice([*acts, self.delete])
            try:
                if act(server, chance):
                    self.answered[act.__name__] += 1
            except urllib.error.HTTPError as error:
                self.faults.append(f"{act.__name__}: {error.code} {error.read()[:300]}")
                return
            except LOST:
                self.lost += 1
                return

    def new(self, among, chance):
        name, sent = uuid.uuid4().hex, Sent(chance.choice(list(DOCUMENTS)))
        with self.guard:
            among[name] = sent
        # Nobody else has it before it is answered for.
        sent.busy = True
        return name, sent

    def take(self, among, chance):
        """Something that is there, for this client alone."""
        with self.guard:
            free = [(name, sent) for name, sent in among.items() if sent.is_there() and not sent.busy]
            if not free:
                return None, None
            name, sent = chance.choice(free)
            sent.busy = True
            return name, sent

    def later(self, server, chance):
        name, sent = self.new(self.files, chance)
        path = "/OCR/Model/general/LabelFile/Async/"
        reply = sent.change("there", True, lambda: server.send(path, sent.document, sent.document, request_metadata=name))
        sent.id, sent.busy = reply["result"][0]["request_file_id"], False
        return True

    def now(self, server, chance):
        name, sent = self.new(self.files, chance)
        path = "/OCR/Model/general/LabelFile/"
        reply = sent.change("there", True, lambda: server.send(path, sent.document, sent.document, request_metadata=name))
        pages = [page["page"] for page in reply["result"]]
        if reply["message"] != "Success" or pages != list(range(DOCUMENTS[sent.document])):
            self.faults.append(f"now: {reply['message']} {pages}")
        sent.id, sent.busy = reply["result"][0]["request_file_id"], False
        return True

    def settled(self, server, chance):
        """A file that is read, with its pages."""
        _, sent = self.take(self.files, chance)
        if sent is None:
            return None, None
        reply = server.ask("GET", f"/Inferences/Model/general/InferenceRequest/{sent.id}")
        pages = reply["moderated_images"] + reply["unmoderated_images"]
        if any(page["status"] == "pending" for page in pages):
            sent.busy = False
            return None, None
        return sent, pages

    def correct(self, server, chance):
        sent, pages = self.settled(server, chance)
        if sent is None:
            return False
        text = uuid.uuid4().hex
        box = {"label": "total", "xmin": 1, "ymin": 1, "xmax": 9, "ymax": 9, "score": 1, "ocr_text": text,
               "type": "field", "is_new": True}
        page = {**pages[0], "moderated_boxes": [box]}
        path = "/Inferences/Model/general/ImageLevelInference?use_ui_version=true"
        sent.change("text", text, lambda: server.json("PATCH", path, page))
        sent.busy = False
        return True

    def decide(self, server, chance):
        sent, _ = self.settled(server, chance)
        if sent is None:
            return False
        approved = sent.may["approved"] == {True}
        word = "UnVerify" if approved else "Verify"
        sent.change("approved", not approved, lambda: server.ask("POST", f"{STATES}/{word}/{sent.id}"))
        sent.busy = False
        return True

    def delete(self, server, chance):
        _, sent = self.take(self.files, chance)
        if sent is None:
            return False
        path = f"/Inferences/Model/general/InferenceRequestFiles/{sent.id}"
        sent.change("there", False, lambda: server.ask("DELETE", path))
        sent.busy = False
        return True

    def teach(self, server, chance):
        name, sent = self.new(self.lessons, chance)
        text = uuid.uuid4().hex
        data = json.dumps([{"filename": name, "object": [{"name": "total", "ocr_text": text}]}])
        sent.may["text"] = {text}
        path = f"/OCR/Model/{self.model}/UploadFile/"
        reply = sent.change("there", True, lambda: server.send(path, sent.document, name, data=data))
        sent.id, sent.busy = reply["Data"][0]["id"], False
        return True

    def unteach(self, server, chance):
        _, sent = self.take(self.lessons, chance)
        if sent is None:
            return False
        path = f"/OCR/Model/{self.model}/Annotations/{sent.id}"
        sent.change("there", False, lambda: server.ask("DELETE", path))
        sent.busy = False
        return True

    def train(self, server, _chance):
        try:
            server.ask("POST", f"/OCR/Model/{self.model}/Train/", b"")
        except urllib.error.HTTPError as error:
            # It is being trained, or there is nothing to learn from.
            if error.code not in (400, 409):
                raise
            return False
        return True

    def check(self, server):
        """Compares what is there with what may be there; the pages of all files."""
        if self.faults:
            raise SystemExit(f"FAILED: {self.faults}")
        pages = server.pages()
        files = collections.defaultdict(list)
        for page in pages:
            files[page["request_metadata"]].append(page)
        lessons = collections.defaultdict(list)
        for lesson in server.ask("GET", f"/ObjectDetection/Model/{self.model}/Annotations")["Data"]:
            lessons[lesson["filename"]].append(lesson)
        for known, found, id_of in (self.files, files, "request_file_id"), (self.lessons, lessons, "id"):
            strange = set(found) - set(known)
            if strange:
                raise SystemExit(f"FAILED: {len(strange)} are there that were never sent")
            for name, sent in known.items():
                ids = {entry[id_of] for entry in found.get(name, [])}
                if len(ids) > 1 or (sent.id and ids - {sent.id}):
                    raise SystemExit(f"FAILED: {sent.document} is there as {ids}, not as {sent.id}")
                sent.seen(there=bool(ids))
                sent.id, sent.busy = next(iter(ids), sent.id), False
        if len({page["id"] for page in pages}) != len(pages):
            raise SystemExit("FAILED: a page is there twice")
        for name, entries in files.items():
            first = next(page for page in entries if page["page"] == 0)
            boxes = first["moderated_boxes"]
            self.files[name].seen(text=boxes[0]["ocr_text"] if boxes else None)
            for page in entries:
                self.files[name].seen(approved=page["is_moderated"])
        for name, entries in lessons.items():
            if len(entries) != 1:
                raise SystemExit("FAILED: a training document is there twice")
            self.lessons[name].seen(text=entries[0]["object"][0]["ocr_text"])
        return pages

    def end(self, server):
        """All is read, each page once, and the model is not being trained for ever."""
        deadline = time.time() + 600
        while True:
            pages = server.pages()
            state = server.ask("GET", f"/OCR/Model/{self.model}")["state"]
            if all(page["status"] != "pending" for page in pages) and state not in (3, 4, 6):
                break
            if time.time() > deadline:
                raise SystemExit(f"FAILED: some files are never read, or the model stays in state {state}")
            time.sleep(0.5)
        numbers = collections.defaultdict(list)
        for page in self.check(server):
            numbers[page["request_metadata"]].append(page["page"])
            if page["status"] != "success":
                raise SystemExit(f"FAILED: a page ended as {page['status']}")
        for name, found in numbers.items():
            if sorted(found) != list(range(DOCUMENTS[self.files[name].document])):
                raise SystemExit(f"FAILED: {self.files[name].document} has pages {sorted(found)}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "debug" / "proofdesk")
    arguments = arguments.parse_args()
    chance, binary = random.Random(arguments.seed), arguments.binary.resolve()
    with tempfile.TemporaryDirectory() as data:
        server = Server(binary, data)
        try:
            clients = Clients(server.json("POST", "/OCR/Model/", {"categories": ["total"]})["model_id"])
            for _ in range(arguments.rounds):
                clients.check(server)
                threads = [threading.Thread(target=clients.work, args=(server, random.Random(chance.random())))
                           for _ in range(CLIENTS)]
                for thread in threads:
                    thread.start()
                time.sleep(chance.uniform(0.02, 1.0))
                server.kill()
                for thread in threads:
                    thread.join()
                server = Server(binary, data)
            clients.check(server)
            clients.end(server)
        finally:
            server.kill()
    for act in (clients.later, clients.now, clients.correct, clients.decide, clients.delete, clients.teach, clients.unteach):
        if not clients.answered[act.__name__]:
            raise SystemExit(f"FAILED: the kills came too early to show anything: {dict(clients.answered)}")
    done = ", ".join(f"{act} {count}" for act, count in sorted(clients.answered.items()))
    print(f"crash: {arguments.rounds} kills; answered: {done}; {clients.lost} answers lost on the way")
    print("crash: 1 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
