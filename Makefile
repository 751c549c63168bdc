# The two commands are `make run` (FILES="a.pdf b.jpg" opens some at once) and `make test`.
# Everything a fresh machine with Rust, a C compiler, make and Python with pip lacks, they install or say.

PYTHON ?= python3
FILES ?=

.PHONY: run test parts check test-tools

run: parts
	cargo run --release -- $(FILES)

test: parts test-tools
	cargo test
	$(PYTHON) -m unittest discover --start-directory tests/assets --verbose
	$(PYTHON) tests/clients/spreadsheet.py
	$(PYTHON) tests/clients/run.py
	$(PYTHON) tests/clients/fuzz.py
	$(PYTHON) tests/clients/crash.py
	$(PYTHON) tests/clients/full.py

# PDFium, ONNX Runtime and the models, as assets/parts.lock pins them. Needs no network once they stand.
parts:
	$(PYTHON) assets/fetch.py

# The image snapshots are drawn by a software GPU; where there is no Vulkan driver at all, Debian's is installed.
test-tools:
	sh tests/tools.sh

check:
	cargo fmt --check
	cargo clippy --all-targets -- --deny warnings
