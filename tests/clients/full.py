#!/usr/bin/env python3
"""`proofdesk serve` on a disk that fills up to its last byte.

    python3 tests/clients/full.py [--binary target/debug/proofdesk]

Whatever would store something answers 507 in the contract's shape and stores nothing; what was accepted before is still
told, is read once there is room again, and survives a SIGKILL on the full disk. The disk is a small one in memory
(tmpfs) in a mount namespace of its own: Linux only. Only the standard library is needed.
"""
import argparse, json, os, pathlib, shutil, subprocess, sys, tempfile, time, urllib.error
from crash import Server
from run import FIXTURES, ROOT

#: MiB of the disk: room for the store and some documents.
SIZE = 16
#: Bytes of the disk that are somebody else's until room is made.
RESERVE = 4 << 20
#: Bytes behind a PDF's end, which change nothing but its size and hash.
PADDING = 1 << 20
ASYNC = "/OCR/Model/general/LabelFile/Async/"


class Disk:
    """The small disk that holds the server's data."""

    def __init__(self, folder):
        self.data, self.filler = f"{folder}/data", pathlib.Path(folder, "filler")
        self.filler.write_bytes(bytes(RESERVE))

    def fill(self):
        """Leaves no byte free, not even the rest of a block."""
        with open(self.filler, "ab", buffering=0) as filler:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while filler.write(b"x" * size):
                        pass
                except OSError:
                    continue

    def free(self):
        self.filler.unlink()


def form(number, padding=PADDING, **fields):
    """A form with a document of its own contents."""
    document = (FIXTURES / "i2d_oyo.pdf").read_bytes() + f"\n% {number} ".encode() + os.urandom(padding)
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    head = f'{parts}--b\r\nContent-Disposition: form-data; name="file"; filename="{number}.pdf"\r\n\r\n'
    return head.encode() + document + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"


def check_refusal(what, error):
    """Makes sure that an answer is 507 with the contract's error body."""
    body = json.load(error)
    if error.code != 507 or body["code"] != 507 or "disk is full" not in body["errors"][0]["reason"]:
        raise SystemExit(f"FAILED: {what} on a full disk: {error.code} {body}")


def refused(server, what, *request):
    """Makes sure that the request is refused for want of room."""
    try:
        answer = server.ask(*request)
    except urllib.error.HTTPError as error:
        check_refusal(what, error)
        return
    raise SystemExit(f"FAILED: {what} on a full disk was answered with {answer}")


def names(server, expected):
    """Makes sure that these documents are there, and no other."""
    found = sorted(page["original_file_name"] for page in server.pages())
    if found != sorted(expected):
        raise SystemExit(f"FAILED: {expected} were accepted, {found} are there")


def all_read(server):
    """What was read of each file, once all have ended well."""
    deadline = time.time() + 300
    while time.time() < deadline:
        pages = server.pages()
        states = {page["status"] for page in pages}
        if states == {"success"}:
            return {page["request_file_id"]: page["predicted_boxes"] for page in pages}
        if "failure" in states:
            raise SystemExit(f"FAILED: a file could not be read: {pages}")
        time.sleep(0.2)
    raise SystemExit("FAILED: a file was not read when there was room again")


def starts(binary, data):
    """Starts and ends a server; what it says where it does not start."""
    command = [binary, "serve", "--listen", "127.0.0.1:0", "--data", data, "--key", "k"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    started = process.stdout.readline().strip()
    process.terminate()
    said = process.communicate()[1]
    return None if started else said


def check(binary, disk):
    server = Server(binary, disk.data)
    try:
        made = server.ask("POST", "/OCR/Model/", json.dumps({"categories": ["total"]}).encode())["model_id"]
        server.ask("POST", ASYNC, *form("early"))
        early = all_read(server)

        # Large documents until one is too much.
        accepted = ["early.pdf"]
        for number in range(SIZE):
            try:
                server.ask("POST", ASYNC, *form(number))
            except urllib.error.HTTPError as error:
                check_refusal("a large document", error)
                break
            accepted.append(f"{number}.pdf")
        else:
            raise SystemExit("FAILED: the disk never filled")
        names(server, accepted)

        # Then nothing at all fits any more.
        disk.fill()
        refused(server, "LabelFile", "POST", "/OCR/Model/general/LabelFile/", *form("sync"))
        refused(server, "LabelFile/Async", "POST", ASYNC, *form("small", 0))
        refused(server, "UploadFile", "POST", f"/OCR/Model/{made}/UploadFile/", *form("lesson", data="[]"))
        names(server, accepted)

        # With room again it goes on by itself.
        disk.free()
        all_read(server)

        # Killed on the full disk, it either starts there or says why not; with room, all is as it was.
        disk.fill()
        server.kill()
        told = starts(binary, disk.data)
        if told and "the disk is full" not in told:
            raise SystemExit(f"FAILED: a start on a full disk says {told}")
        disk.free()
        server = Server(binary, disk.data)
        names(server, accepted)
        server.ask("POST", ASYNC, *form("late"))
        read = all_read(server)
        names(server, [*accepted, "late.pdf"])
        if not early.items() <= read.items() or not all(read.values()):
            raise SystemExit("FAILED: a result changed or is empty")
        return len(accepted)
    finally:
        server.process.terminate()
        server.process.wait()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "debug" / "proofdesk")
    arguments.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = arguments.parse_args()
    if not arguments.inside:
        if not shutil.which("unshare") or subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0:
            print("full: SKIPPED, this machine gives no mount namespace for a small disk")
            return
        os.execvp("unshare", ["unshare", "-rm", sys.executable, __file__, "--inside", "--binary", arguments.binary])
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "none", folder], check=True)
        try:
            accepted = check(arguments.binary.resolve(), Disk(folder))
        finally:
            subprocess.run(["umount", folder], check=True)
    print(f"full: {accepted} files accepted before the disk was full, each there once and read")
    print("full: 1 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
