#!/usr/bin/env python3
"""Many one-page files at once: how fast `proofdesk serve` reads them through the async path, and whether its memory stays flat.

    python3 benches/load.py FOLDER [--count 1000] [--binary target/release/proofdesk]

FOLDER holds pictures; each is sent as often as it takes, every copy with bytes of its own behind its end. First as many
threads as cores wait for one file each (the engine with nothing waiting), then all files are taken in at once.
"""
import argparse, base64, concurrent.futures, json, os, pathlib, subprocess, tempfile, time, urllib.request, uuid


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--count", type=int, default=1000)
    arguments.add_argument("--binary", type=pathlib.Path, default=pathlib.Path("target/release/proofdesk"))
    arguments = arguments.parse_args()
    pictures = sorted(p for p in arguments.folder.iterdir() if p.suffix.lower() in (".jpg", ".png"))
    with tempfile.TemporaryDirectory() as data:
        command = [arguments.binary.resolve(), "serve", "--listen", "127.0.0.1:0", "--data", data, "--key", "k"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        url = server.stdout.readline().strip()
        try:
            measure(url, server.pid, pictures, arguments.count)
        finally:
            server.terminate()
            server.wait()


def measure(url, process, pictures, count):
    def ask(method, path, body=None, kind="application/json"):
        headers = {"Authorization": "Basic " + base64.b64encode(b"k:").decode(), "Content-Type": kind}
        with urllib.request.urlopen(urllib.request.Request(url + path, body, headers, method=method)) as reply:
            return json.load(reply)

    def send(number, path):
        picture, boundary = pictures[number % len(pictures)], uuid.uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{number}{picture.suffix}"\r\n\r\n'
        body = head.encode() + picture.read_bytes() + str(number).encode() + f"\r\n--{boundary}--\r\n".encode()
        return ask("POST", path, body, f"multipart/form-data; boundary={boundary}")

    cores, sample = os.cpu_count(), min(100, len(pictures) * 2)
    waited = "/OCR/Model/general/LabelFile/"
    send(0, waited)
    with concurrent.futures.ThreadPoolExecutor(cores) as pool:
        start = time.time()
        list(pool.map(lambda number: send(10_000 + number, waited), range(sample)))
        alone = sample / (time.time() - start)
    start = time.time()
    files = [send(number, "/OCR/Model/general/LabelFile/Async/")["result"][0]["request_file_id"] for number in range(count)]
    taken = time.time() - start
    memory, wanted = [], list(files)
    while wanted:
        time.sleep(5)
        memory.append(resident(process))
        # The queue is fair in the order of the files: the first that still waits says how far it is.
        while wanted:
            reply = ask("GET", f"/Inferences/Model/general/InferenceRequest/{wanted[0]}")
            pages = reply["moderated_images"] + reply["unmoderated_images"]
            if any(page["status"] == "pending" for page in pages):
                break
            assert all(page["status"] == "success" for page in pages), pages
            wanted.pop(0)
    seconds = time.time() - start
    quarter = max(1, len(memory) // 4)
    print(f"{cores} waiting clients: {alone:.2f} pages/s")
    print(f"{count} files taken in {taken:.1f} s, read in {seconds:.1f} s: {count / seconds:.2f} pages/s "
          f"({count / seconds / alone:.2f} of that)", flush=True)
    print(f"resident memory with its workers: first quarter {max(memory[:quarter])} MB, last quarter {max(memory[-quarter:])} MB")


def resident(process):
    """The resident memory of a process and those below it, in MB."""
    table = subprocess.run(["ps", "-eo", "pid,ppid,rss"], capture_output=True, text=True).stdout.split("\n")[1:]
    rows = [tuple(map(int, row.split())) for row in table if row.strip()]
    family, size = {process}, 0
    for _ in range(4):
        family |= {pid for pid, parent, _ in rows if parent in family}
    return sum(rss for pid, _, rss in rows if pid in family) // 1024


if __name__ == "__main__":
    main()
