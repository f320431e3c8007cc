"""Errors that a radiologist or an administrator can act on; each message is a whole sentence."""


class ProsectorError(Exception):
    """Base of everything that Prosector itself raises; `str()` is shown to the user as it stands."""


class SeriesIncomplete(ProsectorError):
    """A series has a missing, doubled or differently oriented slice, or a file that cannot be read."""


class FramesDiffer(ProsectorError):
    """Two volumes do not share a frame of reference, so positions in one mean nothing in the other."""


class CannotLink(ProsectorError):
    """A series of another frame of reference could not be laid on the axial T2; it is shown unlinked as before."""


class StudyUnreadable(ProsectorError):
    """A folder holds no DICOM study, more than one, or files that are damaged."""


class CannotAnalyse(ProsectorError):
    """The study lacks what the AI needs; it can still be read and reported by hand."""


class GlandNotFound(CannotAnalyse):
    """The gland model found nothing that can be a prostate."""


class CannotAssess(ProsectorError):
    """The examination cannot have this category as its lesions and images are."""


class CannotCompute(ProsectorError):
    """An image that is made from others (calculated b-value, contrast map) lacks those that it is made from."""


class OutsideImages(ProsectorError):
    """A position lies outside the axial T2 images, on which lesions are drawn."""


class OutlineRefused(ProsectorError):
    """An outline cannot be drawn or changed as asked: nothing would be left of it, or nothing stands out there."""


class ModelMissing(ProsectorError):
    """A model's weights are not installed."""


class ModelAltered(ProsectorError):
    """A model's weights do not have the digest that they were released with."""


class ModelInvalid(ProsectorError):
    """A model pack or its archive is malformed, unsafe, or asks for something that cannot be run here."""


class OutOfMemory(ProsectorError):
    """A model needs more memory than the machine has free."""


class WorkerDied(ProsectorError):
    """The child process that ran the analysis ended without an answer."""


class ArchiveUnreachable(ProsectorError):
    """No association with the archive could be made or kept."""


class ArchiveRefused(ProsectorError):
    """The archive answered, and its answer was no."""


class ArchiveBusy(ArchiveRefused):
    """The archive says no for now; the same may go well later."""


class ClusterUnreachable(ProsectorError):
    """The scheduler of the cluster that analyses studies does not answer."""


class CannotSign(ProsectorError):
    """The report is not ready to be signed, or the key cannot sign it."""


class CannotAmend(ProsectorError):
    """A signed report was to be changed without saying how it is amended."""


class SignatureInvalid(ProsectorError):
    """A signed object was altered or its signer is not trusted."""


class NotSigned(ProsectorError):
    """The object carries no signature, or cannot be read as DICOM."""


class ReportUnreadable(ProsectorError):
    """An SR is not a report of ours, belongs to another study, or lacks its segmentation."""


class ResultUnreadable(ProsectorError):
    """A result of another system in the study (SR, SEG, GSPS, PDF) is too damaged or odd to be shown or taken over."""


class CannotMark(ProsectorError):
    """What a viewport shows is no image of the study that could be a key image of its report."""


class AuditFailed(ProsectorError):
    """A step could not be written to the audit trail, so it did not happen; or the trail itself was altered."""


class SettingsInvalid(ProsectorError):
    """The site's settings file has a misspelt key or a value that makes no sense."""


class CannotWrite(ProsectorError):
    """The disk is full or the folder is not writable; nothing half-written was left behind."""


class TemplateBroken(ProsectorError):
    """A template or term table of the report text cannot be used; the report stays as it is."""
