"""Everything that a key can do, in one table: the bindings, the list behind `?`, the tooltips and the docs read it."""

from dataclasses import dataclass
from enum import Enum


class Place(Enum):
    """Where a key works; the value is how lists call it."""

    WORKLIST = "Worklist"
    REPORT = "Report"
    """Anywhere in the reading room."""
    IMAGES = "Images"
    """In the reading room while the images have the focus."""
    ALWAYS = "Always"

    def meets(self, other: "Place") -> bool:
        """Whether a key could mean both: the images are a part of the reading room."""
        rooms = {Place.REPORT, Place.IMAGES}
        return self is other or Place.ALWAYS in (self, other) or {self, other} == rooms


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a reader does with a key.

    `keys` are the delivered ones, in Qt's portable form with Return for both Enter keys. A `held` key acts while it
    is down; one that `repeats` acts again and again.
    """

    name: str
    place: Place
    keys: tuple[str, ...]
    words: str
    held: bool = False
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Gesture:
    """What the mouse does, or a key whose meaning is the desktop's: told in the list, and not to be changed."""

    place: Place
    gesture: str
    words: str


def _worklist(name: str, key: str, words: str) -> Command:
    return Command(name, Place.WORKLIST, (key,), words)


def _report(name: str, keys: str | tuple[str, ...], words: str, *, repeats: bool = False) -> Command:
    return Command(name, Place.REPORT, (keys,) if isinstance(keys, str) else keys, words, repeats=repeats)


def _images(name: str, key: str, words: str, *, held: bool = False, repeats: bool = False) -> Command:
    return Command(name, Place.IMAGES, (key,), words, held, repeats)


COMMANDS: tuple[Command, ...] = (
    _worklist("find_patient", "Ctrl+F", "search for a patient"),
    _worklist("query", "F5", "query again"),
    _worklist("import_study", "Ctrl+O", "import a study from a folder"),
    _report("run_ai", "R", "run the AI on the open study"),
    _report("next_lesion", "N", "next lesion, those not reviewed yet first; the images go there"),
    _report("previous_lesion", "P", "previous lesion"),
    _report("accept", "A", "accept the AI's lesion"),
    _report("reject", "X", "reject the AI's lesion and say why; remove one of your own"),
    *(
        _report(f"score_{n}", str(n), f"score {n} for the sequence with the ●; an AI lesion is accepted by it")
        for n in range(1, 6)
    ),
    _report("score_x", "0", "score X, inadequate, for the sequence with the ●; an AI lesion is accepted by it"),
    _report("score_t2", "T", "let the number keys score T2W (●)"),
    _report("score_dwi", "D", "let the number keys score DWI (●)"),
    _report("dce_positive", "+", "DCE positive"),
    _report("dce_negative", "-", "DCE negative"),
    _report("extension", "E", "extraprostatic extension: none, possible, definite"),
    _report("zone", "Z", "score by the rules of the other zone, PZ or TZ"),
    _report("override", "V", "give the lesion another category, with the reason"),
    _report("comment", "C", "write a comment on the lesion"),
    _report("add_lesion", "L", "add a lesion: click its middle, or press the key again to take the crosshair"),
    _report("tool_length", "M", "measure a length; pressed again, put the tool down"),
    _report("tool_bidirectional", "Shift+M", "measure long and short axis"),
    _report("tool_ellipse", "Shift+E", "ellipse with statistics"),
    _report("tool_brush", "B", "brush: paint the outline in hand"),
    _report("tool_eraser", "Shift+B", "eraser"),
    _report("brush_smaller", "[", "smaller brush", repeats=True),
    _report("brush_larger", "]", "larger brush", repeats=True),
    _report("tool_grow", "G", "grow a lesion from a click on a dark focus of the ADC map"),
    _report("negative", "Shift+N", "negative study: PI-RADS 1, once no lesion is reported or left to review"),
    _report("psa", "Ctrl+P", "enter the PSA"),
    _report("indication", "Ctrl+I", "write the indication"),
    _report("impression", "Ctrl+T", "write the impression"),
    _report("to_images", "Esc", "leave a field, or stop adding a lesion: the keys go to the images"),
    _report("undo", "Ctrl+Z", "undo an edit of the report"),
    _report("redo", ("Ctrl+Y", "Ctrl+Shift+Z"), "redo it"),
    _report("save", "Ctrl+S", "save the draft now"),
    _report("sign", "Ctrl+Return", "sign and send"),
    _report("leave", "Ctrl+W", "back to the worklist"),
    _images("slice_back", "Up", "previous slice; parallel series follow by patient position", repeats=True),
    _images("slice_on", "Down", "next slice", repeats=True),
    _images("page_back", "PgUp", "five slices back", repeats=True),
    _images("page_on", "PgDown", "five slices on", repeats=True),
    _images("first_slice", "Home", "first slice"),
    _images("last_slice", "End", "last slice"),
    _images("viewport_before", "Left", "make the previous viewport active"),
    _images("viewport_after", "Right", "make the next viewport active"),
    _images("maximise", "Return", "fill the grid with the active viewport, and back"),
    _images("next_layout", ".", "next layout"),
    _images("previous_layout", ",", "previous layout"),
    _images("crosshair_left", "Shift+Left", "crosshair 1 mm to the left of the active viewport", repeats=True),
    _images("crosshair_right", "Shift+Right", "crosshair 1 mm to the right", repeats=True),
    _images("crosshair_up", "Shift+Up", "crosshair 1 mm up", repeats=True),
    _images("crosshair_down", "Shift+Down", "crosshair 1 mm down", repeats=True),
    _images("frame_gland", "F", "frame the gland in every viewport"),
    _images("invert", "I", "invert the active viewport"),
    _images("reset_view", "Space", "reset the active viewport: place, zoom, window"),
    _images("overlays", "O", "show or hide the overlays"),
    _images("look_underneath", "H", "look underneath: no overlays and no crosshair while it is held", held=True),
    _images("magnify", "K", "magnify what is under the pointer while it is held", held=True),
    _images("window_1", "Alt+1", "first window for the active series: the automatic one"),
    _images("window_2", "Alt+2", "second window for the active series"),
    _images("window_3", "Alt+3", "third window for the active series"),
    _images("remove_drawing", "Del", "remove the selected measurement"),
    Command("help", Place.ALWAYS, ("?", "F1"), "this list"),
)
"""Every command, in the order of the list."""

BY_NAME = {command.name: command for command in COMMANDS}

GESTURES: tuple[Gesture, ...] = (
    Gesture(Place.WORKLIST, "Enter in a field", "query"),
    Gesture(Place.WORKLIST, "↑ / ↓", "previous / next study"),
    Gesture(Place.WORKLIST, "Enter, double click", "open the study; it is retrieved first when it is not here"),
    Gesture(Place.REPORT, "1 … 8, or ↑ ↓ Enter", "when asked why a lesion is rejected: the reason"),
    Gesture(Place.REPORT, "Enter in Sign & send", "on to the confirmation, confirm it, sign and send, close"),
    Gesture(Place.IMAGES, "Wheel", "previous / next slice"),
    Gesture(Place.IMAGES, "Ctrl + wheel, right drag", "zoom"),
    Gesture(Place.IMAGES, "Middle drag", "pan"),
    Gesture(
        Place.IMAGES,
        "Left drag",
        "the chosen tool: scroll, window/level (right = wider, down = darker), zoom, pan or crosshair",
    ),
    Gesture(Place.IMAGES, "Shift + move", "crosshair: all viewports to the point under the pointer"),
    Gesture(Place.IMAGES, "Click on a lesion", "select it"),
    Gesture(Place.IMAGES, "Double click", "fill the grid with one viewport, and back"),
    Gesture(Place.IMAGES, "Shift while outlining", "brush and eraser change places; a polygon cuts out"),
    Gesture(Place.IMAGES, "Ctrl + wheel while outlining", "smaller / larger brush"),
    Gesture(Place.IMAGES, "Double click while outlining", "close a polygon that was clicked corner by corner"),
    Gesture(Place.IMAGES, "Drag a series, Enter in the series strip", "hang it in a viewport"),
)
"""What is told beside the commands."""
