"""Images that our SR points to: those a lesion was measured in, and those the reader chose; and back."""

from collections.abc import Iterator, Sequence

from highdicom.sr import ContentItem, ContentSequence, ImageContentItem, RelationshipTypeValues
from pydicom.dataset import Dataset

from core.errors import SeriesIncomplete
from core.findings import MeasuredImage
from core.report import KeyImage, Report
from core.study import Instance, RecognisedStudy
from reporting import codes, sr_tree
from reporting.sources import header_of
from reporting.sr_items import CONTAINS, container, text

_MODIFIER = RelationshipTypeValues.HAS_CONCEPT_MOD


def measured_in(image: MeasuredImage | None, recognised: RecognisedStudy) -> tuple[ImageContentItem, ...]:
    """Return the reference to the image that an axis was measured in; none to one that the study here has not."""
    instance = None if image is None else _instance(recognised, image.sop_instance_uid)
    if image is None or instance is None:
        return ()
    return (
        ImageContentItem(
            codes.MEASURED_IMAGE,
            instance.sop_class_uid,
            instance.sop_instance_uid,
            referenced_frame_numbers=image.frame,
            relationship_type=RelationshipTypeValues.INFERRED_FROM,
        ),
    )


def read_measured_in(axis: Dataset, recognised: RecognisedStudy) -> MeasuredImage | None:
    """Return the image that an axis of our SR was measured in, or None."""
    item = sr_tree.child(axis, codes.MEASURED_IMAGE)
    if item is None:
        return None
    uid, frame = _reference(item)
    instance = _instance(recognised, uid)
    return MeasuredImage(uid, instance.instance_number if instance else None, frame or None)


def key_image_items(images: Sequence[KeyImage], headers: Sequence[Dataset]) -> Iterator[ContentItem]:
    """Yield one container with the images that the reader chose; `headers` are theirs, in the same order."""
    items = [_key_image(image, header) for image, header in zip(images, headers, strict=True)]
    if items:
        yield container(codes.KEY_IMAGES, items)


def _key_image(image: KeyImage, header: Dataset) -> ContentItem:
    item = ImageContentItem(
        codes.KEY_IMAGE,
        header.SOPClassUID,
        image.sop_instance_uid,
        referenced_frame_numbers=image.frame_number or None,
        relationship_type=CONTAINS,
    )
    if image.words:
        item.ContentSequence = ContentSequence([text(codes.COMMENT, image.words, _MODIFIER)])
    return item


def read_key_images(sr: Dataset) -> tuple[KeyImage, ...]:
    """Return the images that `key_image_items` wrote."""
    chosen = sr_tree.child(sr, codes.KEY_IMAGES) or Dataset()
    return tuple(_chosen(item) for item in sr_tree.children(chosen, codes.KEY_IMAGE))


def _chosen(item: Dataset) -> KeyImage:
    uid, frame = _reference(item)
    return KeyImage(uid, sr_tree.text(item, codes.COMMENT), frame)


def key_image_headers(report: Report) -> tuple[Dataset, ...]:
    """Return the headers of the images that the reader chose; raises `SeriesIncomplete` when one is not here."""
    return tuple(_header(report, image) for image in report.key_images)


def _header(report: Report, image: KeyImage) -> Dataset:
    header = header_of(report.recognised, image.sop_instance_uid)
    if header is None:
        raise SeriesIncomplete(
            f"The key image {image.sop_instance_uid} is not in study {report.study_instance_uid} any more; retrieve "
            "the study again, or take it off the key images."
        )
    return header


def _reference(item: Dataset) -> tuple[str, int]:
    """Return the image that an item refers to, and its frame (0 of a single-frame one)."""
    referenced = item.ReferencedSOPSequence[0]
    return str(referenced.ReferencedSOPInstanceUID), int(referenced.get("ReferencedFrameNumber") or 0)


def _instance(recognised: RecognisedStudy, sop_instance_uid: str) -> Instance | None:
    instances = (x for series in recognised.study.series for x in series.instances)
    return next((x for x in instances if x.sop_instance_uid == sop_instance_uid), None)
