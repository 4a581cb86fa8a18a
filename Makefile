# Every target makes what it needs; `make demo` and `make test` are all that a newcomer types.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo test studies reference-study soak litert test-arm64 test-image image-arm64 wheels-arm64 bench-validity bench-real-verdicts bench-export bench-throughput bench-upload bench-real-encoder bench-training bench-processing check format lint types imports clean

help: ## Show the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

# One environment for all; made again only when the requirements change.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "xtreme-edge's host needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[host,fetch,dev]'
	@touch $@

demo: $(STAMP) ## Set up and run the whole loop on a virtual device
	$(BIN)/host demo

# What measures rounds has the machine to itself; the rest shares it.
test: $(STAMP) ## Set up and run the tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not alone"
	$(BIN)/python -m pytest -m alone $$(grep -rl 'pytest\.mark\.alone' tests)

studies: $(STAMP) ## Run the five studies on demo-size models, to five answers
	$(BIN)/python -m host.demo.studies

# REFERENCE: --quick, --only STUDY, --work DIR. XTREME_EDGE_DATA names the folder with the samples.
reference-study: $(STAMP) ## Run the five studies on small encoders and real data: hours
	$(BIN)/python -m benchmarks.reference_study $(REFERENCE)

# Begins no run after 20 minutes. SOAK: --kills N --host-kills N --cuts N --minutes N --seed N --json FILE
soak: $(STAMP) ## Break runs 300 times, and count what is lost
	nice $(BIN)/python -m tests.soak $(SOAK)

# BUILDER: docker, podman or buildah. BASE: a Jetson's, say. What lies in build/wheels is used in
# place of an index.
BUILDER ?= docker
IMAGE ?= xtreme-edge-agent
image-arm64: ## Build the agent's image for devices that run containers
	BUILDAH_FORMAT=docker $(BUILDER) build --platform linux/arm64 $(if $(BASE),--build-arg BASE=$(BASE)) \
	  $(BUILD_ARGS) --file Dockerfile.arm --tag $(IMAGE) .

# For a build without an index in reach; name the base image's Python.
IMAGE_PYTHON ?= 3.11
wheels-arm64: $(STAMP) ## Fetch the image's wheels beforehand, into build/wheels
	$(BIN)/python -m pip download --quiet --dest build/wheels --only-binary=:all: --no-deps \
	  --constraint constraints.txt --python-version $(IMAGE_PYTHON) \
	  --platform manylinux_2_28_aarch64 --platform manylinux_2_17_aarch64 \
	  --platform manylinux2014_aarch64 \
	  $$(sed -n '/^dependencies = \[/,/^\]/s/^  "\([a-z0-9-]*\).*/\1/p' pyproject.toml)
	$(BIN)/python -m pip download --quiet --dest build/wheels --only-binary=:all: \
	  --python-version $(IMAGE_PYTHON) hatchling

# The second format's converter holds some packages back: an environment of its own, which borrows
# torch and the rest from the first one (0.8 GB instead of 3).
LITERT := .venv-litert
LITERT_TESTS := tests/device_agent/runtimes/test_litert.py tests/device_agent/service/test_formats.py \
  tests/export/formats/test_litert.py tests/export/recipes/test_litert.py tests/host/cli/test_two_formats.py
$(LITERT)/.installed: $(STAMP) constraints-litert.txt
	test -x $(LITERT)/bin/python || $(BIN)/python -m venv $(LITERT)
	site='import sysconfig; print(sysconfig.get_path("purelib"))'; \
	  $(BIN)/python -c "$$site" > "$$($(LITERT)/bin/python -c "$$site")/over.pth"
	grep -vxFf constraints.txt constraints-litert.txt > $(LITERT)/requirements.txt
	$(LITERT)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --requirement $(LITERT)/requirements.txt --editable .
	@touch $@

litert: $(LITERT)/.installed ## Set up the second format's converter and run its tests
	$(LITERT)/bin/python -m pytest $(LITERT_TESTS)

# A quarter of an hour, and ten minutes more at first, for its disk; skipped, with the reason, without
# root, qemu and mmdebstrap. Both formats are tried there, so it is run where both are converted.
test-arm64: $(LITERT)/.installed ## Boot an arm64 machine, and try everything there
	$(LITERT)/bin/python -m pytest tests/arm64/test_machine.py --verbose --durations=0

test-image: $(STAMP) ## Build the agent's arm64 image, and try it
	$(BIN)/python -m pytest tests/arm64/test_image.py --verbose --durations=0

bench-real-verdicts: $(STAMP) ## Judge verdicts through the whole loop here, where the truth is known
	$(BIN)/python -m benchmarks.real_verdicts

bench-validity: $(STAMP) ## Judge verdicts on simulated boards whose truth is known
	$(BIN)/python -m benchmarks.validity

# These take real text: XTREME_EDGE_DATA names the folder with xtreme_r_sample and tokenizers.
bench-export: $(STAMP) ## Measure export and quantization against Optimum's
	$(BIN)/python -m benchmarks.export

bench-throughput: $(STAMP) ## Measure the agent against Optimum's pipeline and bare onnxruntime
	$(BIN)/python -m benchmarks.agent_throughput

bench-upload: $(STAMP) ## Measure shipping against scp
	$(BIN)/python -m benchmarks.upload

bench-real-encoder: $(STAMP) ## Compare int8 with fp32 on a real sentence encoder
	$(BIN)/python -m benchmarks.real_encoder

bench-training: $(STAMP) ## Compare training recipes with a plain Trainer script
	$(BIN)/python -m benchmarks.training_parity

bench-processing: $(STAMP) ## Measure tokenising and decoding against int8 inference
	$(BIN)/python -m benchmarks.processing

check: format lint types imports test ## All that must hold before a commit

format: $(STAMP)
	$(BIN)/ruff format --check .

lint: $(STAMP)
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports

clean: ## Remove the environment and caches
	rm -rf $(VENV) $(LITERT) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
