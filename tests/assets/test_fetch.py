"""assets/fetch.py: a wrong wheel leaves nothing behind, a right one is whole. No network: pip is replaced by a copy."""
import hashlib, importlib.util, json, pathlib, tempfile, unittest, zipfile

ASSETS = pathlib.Path(__file__).resolve().parents[2] / "assets"
spec = importlib.util.spec_from_file_location("fetch", ASSETS / "fetch.py")
fetch = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fetch)


class Fetch(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.root = pathlib.Path(self.temporary.name)
        self.wheel = self.root / "thing-1.0-py3-none-any.whl"
        with zipfile.ZipFile(self.wheel, "w") as packed:
            packed.writestr("thing/model.bin", "weights")
            packed.writestr("thing-1.0.dist-info/licenses/LICENSE", "do as you like")
        self.calls = 0
        self.addCleanup(setattr, fetch.subprocess, "run", fetch.subprocess.run)
        fetch.subprocess.run = self.pip

    def pip(self, command, **_):
        self.calls += 1
        landing = pathlib.Path(command[command.index("--dest") + 1])
        (landing / self.wheel.name).write_bytes(self.wheel.read_bytes())
        return type("Done", (), {"returncode": 0, "stderr": ""})()

    def lock(self, digest):
        path = self.root / "parts.lock"
        path.write_text(json.dumps({"python": "3.12", "wheels": [{
            "package": "thing", "version": "1.0", "abi": "none", "licenses": "thing-1.0.dist-info/licenses/",
            "files": {"thing/model.bin": "model.bin"}, "platforms": {"any": {"tag": "any", "sha256": digest}}}]}))
        return path

    def right(self):
        return hashlib.sha256(self.wheel.read_bytes()).hexdigest()

    def test_the_parts_and_their_licences_are_unpacked_once(self):
        parts, lock = self.root / "assets" / "parts", self.lock(self.right())
        fetch.fetch(lock, parts, "linux-x86_64")
        self.assertEqual((parts / "model.bin").read_text(), "weights")
        self.assertEqual((parts / "licenses" / "thing" / "LICENSE").read_text(), "do as you like")
        fetch.fetch(lock, parts, "linux-x86_64")
        self.assertEqual(self.calls, 1, "what stands is not fetched again")

    def test_a_lost_file_is_fetched_again(self):
        parts, lock = self.root / "assets" / "parts", self.lock(self.right())
        fetch.fetch(lock, parts, "linux-x86_64")
        (parts / "model.bin").unlink()
        fetch.fetch(lock, parts, "linux-x86_64")
        self.assertEqual((parts / "model.bin").read_text(), "weights")

    def test_a_wrong_hash_says_so_and_leaves_nothing(self):
        parts = self.root / "assets" / "parts"
        with self.assertRaisesRegex(fetch.Failed, "is not the file that parts.lock pins"):
            fetch.fetch(self.lock("0" * 64), parts, "linux-x86_64")
        self.assertEqual(list(parts.parent.iterdir()), [])

    def test_a_wrong_hash_keeps_the_parts_that_stood(self):
        parts = self.root / "assets" / "parts"
        fetch.fetch(self.lock(self.right()), parts, "linux-x86_64")
        with self.assertRaises(fetch.Failed):
            fetch.fetch(self.lock("0" * 64), parts, "linux-x86_64")
        self.assertEqual((parts / "model.bin").read_text(), "weights")

    def test_the_real_lock_pins_every_platform(self):
        lock = json.loads((ASSETS / "parts.lock").read_text())
        for platform in ("linux-x86_64", "linux-aarch64", "macos-x86_64", "macos-arm64", "windows-x86_64"):
            for entry in lock["wheels"]:
                wheel = fetch.wheel_of(entry, platform)
                self.assertRegex(wheel["sha256"], "^[0-9a-f]{64}$")
                self.assertTrue(wheel["files"])


if __name__ == "__main__":
    unittest.main()
