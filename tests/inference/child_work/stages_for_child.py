"""Work that a spawned child can import: each is a stage that ends in its own way."""

import os
import signal
import time
from pathlib import Path

from core.errors import GlandNotFound, SeriesIncomplete
from core.progress import Progress
from inference.spawned import Reporter


def double(number: int, progress: Progress) -> int:
    """Answer, after saying what is being done."""
    progress.report(0.25, "Reading the images")
    progress.report(0.75, "Measuring")
    return 2 * number


def volume_of(side: int, progress: Progress) -> object:
    """Answer with a volume that is larger than a pipe's buffer."""
    import numpy as np
    from highdicom import Volume

    array = np.arange(side**3, dtype=np.float32).reshape(side, side, side)
    return Volume(array=array, affine=np.eye(4), coordinate_system="PATIENT", frame_of_reference_uid="1.2.3")


def tell_pid_and_wait(file: str, progress: Progress) -> None:
    """Write the process's number to `file`, then work on without end or report."""
    progress.report(0.5, "Segmenting the prostate")
    Path(file).write_text(str(os.getpid()))
    while True:
        time.sleep(0.05)


def kill_myself(_: int, progress: Progress) -> None:
    """End as the kernel ends a process when memory runs out."""
    progress.report(0.5, "Segmenting the prostate")
    os.kill(os.getpid(), signal.SIGKILL)


def leave_early(code: int, progress: Progress) -> None:
    """End without an answer and without a signal, as a library does that calls exit()."""
    os._exit(code)


def find_no_gland(_: int, progress: Progress) -> None:
    """Fail in words."""
    raise GlandNotFound("No prostate was found on the axial T2 images.")


def find_a_gap(_: int, progress: Progress) -> None:
    """Fail in other words."""
    raise SeriesIncomplete("Series 8: the slice at −38.4 mm is missing.")


def divide_by_zero(_: int, progress: Progress) -> float:
    """Fail by a bug."""
    return 1 / 0


def take_too_much(_: int, progress: Progress) -> None:
    """Fail as Python and NumPy do when memory cannot be had."""
    raise MemoryError


def take_an_image_too_large(_: int, progress: Progress) -> None:
    """Ask ITK for an image of 80 TB, whose error says so in words alone."""
    import SimpleITK as sitk

    sitk.Image([100_000, 100_000, 1_000], sitk.sitkFloat64)


def tell_half(number: int, reporter: Reporter) -> int:
    """Tell half of the answer before the whole."""
    reporter.tell_early(number)
    reporter.report(0.5, "Measuring")
    return 2 * number
