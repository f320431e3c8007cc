"""Everything that a key can do, in one table: the bindings, the list behind `?`, the tooltips and the docs read it."""

from dataclasses import dataclass
from enum import Enum

from viewer.language import tr


class Place(Enum):
    """Where a key works; the value is how lists call it."""

    WORKLIST = tr("Worklist")
    REPORT = tr("Report")
    """Anywhere in the reading room."""
    IMAGES = tr("Images")
    """In the reading room while the images have the focus."""
    ALWAYS = tr("Always")

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
    _worklist("find_patient", "Ctrl+F", tr("search for a patient")),
    _worklist("query", "F5", tr("query again")),
    _worklist("import_study", "Ctrl+O", tr("import a study from a folder")),
    _worklist("claim", "Ctrl+K", tr("claim the chosen study, or give it back; ask to take it from another reader")),
    _worklist("filter_list", "Ctrl+L", tr("filter the list by words")),
    _worklist("unread_only", "Ctrl+U", tr("show only studies without a final report, and all again")),
    _worklist("my_claims", "Ctrl+M", tr("show only studies that you have claimed, and all again")),
    _worklist("dashboard", "Ctrl+D", tr("dashboard: what signed reports and runs of the AI teach")),
    _report("run_ai", "R", tr("run the AI on the open study")),
    _report("next_lesion", "N", tr("next lesion, those not reviewed yet first; the images go there")),
    _report("previous_lesion", "P", tr("previous lesion")),
    _report("accept", "A", tr("accept the AI's lesion")),
    _report("reject", "X", tr("reject the AI's lesion and say why; remove one of your own")),
    *(
        _report(
            f"score_{n}",
            str(n),
            tr("score {n} for the sequence with the ●; an AI lesion is accepted by it").format(n=n),
        )
        for n in range(1, 6)
    ),
    _report("score_x", "0", tr("score X, inadequate, for the sequence with the ●; an AI lesion is accepted by it")),
    _report("score_t2", "T", tr("let the number keys score T2W (●)")),
    _report("score_dwi", "D", tr("let the number keys score DWI (●)")),
    _report("dce_positive", "+", tr("DCE positive")),
    _report("dce_negative", "-", tr("DCE negative")),
    _report("extension", "E", tr("extraprostatic extension: none, possible, definite")),
    _report("zone", "Z", tr("score by the rules of the other zone, PZ or TZ")),
    _report("sector", "S", tr("the lesion's sector: go to it in the sector map with the arrow keys and press Enter")),
    _report("override", "V", tr("give the lesion another category, with the reason")),
    _report("comment", "C", tr("write a comment on the lesion")),
    _report("add_lesion", "L", tr("add a lesion: click its middle, or press the key again to take the crosshair")),
    _report("tool_length", "M", tr("measure a length; pressed again, put the tool down")),
    _report("tool_bidirectional", "Shift+M", tr("measure long and short axis")),
    _report("tool_ellipse", "Shift+E", tr("ellipse with statistics")),
    _report("tool_brush", "B", tr("brush: paint the outline in hand")),
    _report("tool_eraser", "Shift+B", tr("eraser")),
    _report("brush_smaller", "[", tr("smaller brush"), repeats=True),
    _report("brush_larger", "]", tr("larger brush"), repeats=True),
    _report("tool_grow", "G", tr("grow a lesion from a click on a dark focus of the ADC map")),
    _report("image_quality", "Shift+W", tr("image quality and the PI-QUAL form; pressed again, confirm the form")),
    _report("results", "Shift+O", tr("results in this study: reports, segmentations and drawings of any system")),
    _report("staging", "Shift+T", tr("staging: vesicles, bundles, nodes, bone; pressed again, the rest is not seen")),
    _report("precise", "Shift+C", tr("PRECISE: change against an earlier prostate MR")),
    _report("negative", "Shift+N", tr("negative study: PI-RADS 1, once no lesion is reported or left to review")),
    _report("psa", "Ctrl+P", tr("enter the PSA")),
    _report("indication", "Ctrl+I", tr("write the indication")),
    _report("impression", "Ctrl+T", tr("write the impression")),
    _report("to_images", "Esc", tr("leave a field, or stop adding a lesion: the keys go to the images")),
    _report("undo", "Ctrl+Z", tr("undo an edit of the report")),
    _report("redo", ("Ctrl+Y", "Ctrl+Shift+Z"), tr("redo it")),
    _report("board", "Ctrl+B", tr("tumour board: one page and the biopsy targets into a folder")),
    _report("save", "Ctrl+S", tr("save the draft now")),
    _report("sign", "Ctrl+Return", tr("sign and send")),
    _report("leave", "Ctrl+W", tr("back to the worklist")),
    _images("slice_back", "Up", tr("previous slice; parallel series follow by patient position"), repeats=True),
    _images("slice_on", "Down", tr("next slice"), repeats=True),
    _images("page_back", "PgUp", tr("five slices back"), repeats=True),
    _images("page_on", "PgDown", tr("five slices on"), repeats=True),
    _images("first_slice", "Home", tr("first slice")),
    _images("last_slice", "End", tr("last slice")),
    _images("viewport_before", "Left", tr("make the previous viewport active")),
    _images("viewport_after", "Right", tr("make the next viewport active")),
    _images("maximise", "Return", tr("fill the grid with the active viewport, and back")),
    _images("next_layout", ".", tr("next layout")),
    _images("previous_layout", ",", tr("previous layout")),
    _images("crosshair_left", "Shift+Left", tr("crosshair 1 mm to the left of the active viewport"), repeats=True),
    _images("crosshair_right", "Shift+Right", tr("crosshair 1 mm to the right"), repeats=True),
    _images("crosshair_up", "Shift+Up", tr("crosshair 1 mm up"), repeats=True),
    _images("crosshair_down", "Shift+Down", tr("crosshair 1 mm down"), repeats=True),
    _images("frame_gland", "F", tr("frame the gland in every viewport")),
    _images("invert", "I", tr("invert the active viewport")),
    _images("reset_view", "Space", tr("reset the active viewport: place, zoom, window")),
    _images(
        "turn_left", "Ctrl+Left", tr("MPR: turn the lines in the active pane by 5° against the clock"), repeats=True
    ),
    _images("turn_right", "Ctrl+Right", tr("MPR: turn them by 5° with the clock"), repeats=True),
    _images("straighten", "Shift+Space", tr("MPR: set the planes straight")),
    *(
        _images(f"look_from_{letter}", f"Shift+{letter}", tr("3D: look from {side}").format(side=side))
        for letter, side in (
            ("A", "anterior"),
            ("P", "posterior"),
            ("L", tr("the patient's left")),
            ("R", tr("the patient's right")),
            ("S", "superior"),
            ("I", "inferior"),
        )
    ),
    _images(
        "overlays", "O", tr("show or hide the outlines of prostate and lesions, the AI's too; measurements stay shown")
    ),
    _images(
        "look_underneath",
        "H",
        tr("look underneath: no outlines, no measurements and no crosshair while it is held"),
        held=True,
    ),
    _images("magnify", "K", tr("magnify what is under the pointer while it is held"), held=True),
    _images("window_1", "Alt+1", tr("first window for the active series: the automatic one")),
    _images("window_2", "Alt+2", tr("second window for the active series")),
    _images("window_3", "Alt+3", tr("third window for the active series")),
    _images(
        "anchor",
        "J",
        tr("anchor a series of another frame: click the place that the T2's crosshair marks, or press again"),
    ),
    _images(
        "register",
        "Shift+J",
        tr("register the active viewport's series of another frame onto the axial T2, or stop it"),
    ),
    _images("unlink", "U", tr("unlink the active viewport's series of another frame")),
    _images("remove_drawing", "Del", tr("remove the selected measurement")),
    _images("key_image", "Shift+K", tr("make the active viewport's image a key image of the report, or take it off")),
    Command(
        "outbox", Place.ALWAYS, ("Ctrl+Shift+O",), tr("outbox: signed reports that have not reached their archive")
    ),
    Command("help", Place.ALWAYS, ("?", "F1"), tr("this list")),
)
"""Every command, in the order of the list."""

BY_NAME = {command.name: command for command in COMMANDS}

GESTURES: tuple[Gesture, ...] = (
    Gesture(Place.WORKLIST, tr("Enter in a field"), tr("query")),
    Gesture(Place.WORKLIST, tr("↑ / ↓"), tr("previous / next study")),
    Gesture(Place.WORKLIST, tr("Enter, double click"), tr("open the study; it is retrieved first when it is not here")),
    Gesture(Place.REPORT, tr("1 … 8, or ↑ ↓ Enter"), tr("when asked why a lesion is rejected: the reason")),
    Gesture(Place.REPORT, tr("Enter in Sign & send"), tr("open the key; then confirm, sign and send; then close")),
    Gesture(Place.IMAGES, tr("Wheel"), tr("previous / next slice")),
    Gesture(Place.IMAGES, tr("Ctrl + wheel, right drag"), tr("zoom")),
    Gesture(Place.IMAGES, tr("Middle drag"), tr("pan")),
    Gesture(
        Place.IMAGES,
        tr("Left drag"),
        tr("the chosen tool: scroll, window/level (right = wider, down, or as set up, darker), zoom, pan or crosshair"),
    ),
    Gesture(Place.IMAGES, tr("Shift + move"), tr("crosshair: all viewports to the point under the pointer")),
    Gesture(Place.IMAGES, tr("Click on a lesion"), tr("select it")),
    Gesture(Place.IMAGES, tr("Right click"), tr("choose a window for the series by its name")),
    Gesture(Place.IMAGES, tr("Double click"), tr("fill the grid with one viewport, and back")),
    Gesture(Place.IMAGES, tr("Shift while outlining"), tr("brush and eraser change places; a polygon cuts out")),
    Gesture(Place.IMAGES, tr("Ctrl + wheel while outlining"), tr("smaller / larger brush")),
    Gesture(Place.IMAGES, tr("Double click while outlining"), tr("close a polygon that was clicked corner by corner")),
    Gesture(
        Place.IMAGES,
        tr("Drag a line of the MPR"),
        tr("move its plane; its end turns both planes, the middle of the lines moves the crosshair"),
    ),
    Gesture(Place.IMAGES, tr("Double click on a line of the MPR"), tr("set the planes straight")),
    Gesture(Place.IMAGES, tr("Left drag in 3D"), tr("turn the body; wheel or right drag zooms, middle drag moves it")),
    Gesture(Place.IMAGES, tr("Drag a series, Enter in the series strip"), tr("hang it in a viewport")),
)
"""What is told beside the commands."""
