# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TEST_PROCESSES ?= 2
STAMP := $(VENV)/.installed
WINDOW_TEXTS = $(filter-out %/screens.py %/screens_studies.py %/journey.py %/demo.py, $(wildcard viewer/*.py viewer/*/*.py))

# (i) Qt and VTK without a screen, (ii) xcb under Xvfb, (iii) Wayland, (iv) the tests' screens, peers and validators.
APT_DESKTOP := libgl1 libegl1 libglib2.0-0 libfontconfig1 libxkbcommon0 libdbus-1-3 libxcursor1 fonts-dejavu-core \
	libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 \
	libwayland-client0 libwayland-cursor0
APT_TEST := $(APT_DESKTOP) gcc libc6-dev xvfb xauth weston orthanc orthanc-dicomweb dcmtk dicom3tools libpixelmed-java default-jre-headless poppler-utils \
	iproute2 openssl softhsm2 postgresql

.PHONY: demo test check format screens translations freeze install system-desktop system-test

demo: system-desktop install
	$(BIN)/prosector demo --output demo-output

test: system-test install
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Pictures of every layout, dialog, empty and error state, to be looked at; about a minute.
screens: system-desktop install
	$(BIN)/python -m viewer.screens --output docs/screens

# Takes new texts of the window into the translation files, where they wait to be translated, and compiles these.
translations: install
	$(BIN)/pyside6-lupdate -locations none $(WINDOW_TEXTS) -ts $(wildcard resources/translations/*.ts) -no-obsolete
	for file in resources/translations/*.ts; do $(BIN)/pyside6-lrelease $$file; done

# Builds dist/prosector/ and tries it: compressed DICOM, the window under Xvfb, the headless demo.
freeze: system-test install
	@sh installers/system-packages.sh x11-utils
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[installer]'
	$(BIN)/pyinstaller --noconfirm --distpath dist --workpath build installers/prosector.spec
	installers/try-frozen.sh dist/prosector

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Prosector needs Python 3.11 or newer.")'
	$(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[desktop,dev]'
	touch $(STAMP)

system-desktop:
	@sh installers/system-packages.sh $(APT_DESKTOP)

system-test:
	@sh installers/system-packages.sh $(APT_TEST)
