"""Every vendor's b-value is read as the scanner meant it, and none is invented."""

from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset
from vendor_styles import csa_header

from inference.b_value import b_value, frame_b_values, stated_directionality, values_of


def _header(**attributes: object) -> Dataset:
    header = Dataset()
    for keyword, value in attributes.items():
        setattr(header, keyword, value)
    return header


def _private(manufacturer: str, group: int, creator: str, element: int, vr: str, value: object) -> Dataset:
    header = _header(Manufacturer=manufacturer)
    if creator:
        header.add_new((group, 0x0010), "LO", creator)
    header.add_new((group, 0x1000 | element), vr, value)
    return header


def _siemens(vr: str, value: object, creator: str = "SIEMENS MR HEADER") -> Dataset:
    return _private("SIEMENS", 0x0019, creator, 0x0C, vr, value)


def _ge(vr: str, value: object) -> Dataset:
    return _private("GE MEDICAL SYSTEMS", 0x0043, "GEMS_PARM_01", 0x39, vr, value)


def _philips(vr: str, value: object) -> Dataset:
    return _private("Philips Medical Systems", 0x2001, "Philips Imaging DD 001", 0x03, vr, value)


def _uih(vr: str, value: object) -> Dataset:
    return _private("UIH", 0x0065, "Image Private Header", 0x09, vr, value)


def _uih_nominal(value: float) -> Dataset:
    return _private("UIH", 0x0065, "Image Private Header", 0x0A, "FD", value)


def _csa(b: str, cut: int | None = None) -> Dataset:
    header = csa_header({"ImaRelTablePosition": ["0", "1"], "B_value": [b] if b else []})
    return _private("SIEMENS", 0x0029, "SIEMENS CSA HEADER", 0x10, "OB", header[:cut])


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(_header(DiffusionBValue=1400.0), 1400, id="standard attribute"),
        pytest.param(_header(DiffusionBValue=0.0), 0, id="standard attribute, b 0"),
        pytest.param(_header(DiffusionBValue=0.004), 0, id="Philips writes b 0 as 0.004"),
        pytest.param(_header(DiffusionDirectionality="NONE"), 0, id="no diffusion weighting"),
        pytest.param(_siemens("IS", 50), 50, id="Siemens IS"),
        pytest.param(_siemens("OB", b"800 "), 800, id="Siemens OB padded"),
        pytest.param(_siemens("UN", b"1000"), 1000, id="Siemens UN: four digits are text, never a float"),
        pytest.param(_siemens("OB", b"0 "), 0, id="Siemens b 0"),
        pytest.param(_siemens("OB", b"400 ", creator=""), 400, id="Siemens, creator lost in de-identification"),
        pytest.param(_ge("IS", [1000, 8, 0, 0]), 1000, id="GE"),
        pytest.param(_ge("IS", [1000000750, 8, 0, 0]), 750, id="GE newer: 10^9 is added"),
        pytest.param(_ge("IS", [0, 1073741832, 0, 0]), 0, id="GE b 0"),
        pytest.param(_ge("LO", "1000001400\\8\\0\\0"), 1400, id="GE as text"),
        pytest.param(_ge("UN", b"1000000050\\8\\0\\0 "), 50, id="GE as bytes"),
        pytest.param(_philips("FL", 1500.0), 1500, id="Philips"),
        pytest.param(_philips("FL", 0.0010000000474974513), 0, id="Philips b 0"),
        pytest.param(_philips("UN", b"\x00\x00\x48\x44"), 800, id="Philips as bytes of a float"),
        pytest.param(_uih("FD", 1500.0), 1500, id="United Imaging"),
        pytest.param(_uih("UN", b"\x00\x00\x00\x00\x00\x40\x8f\x40"), 1000, id="United Imaging as bytes of a double"),
        pytest.param(_uih_nominal(1500.0), 1500, id="United Imaging, only the b that was asked for"),
        pytest.param(_csa("800"), 800, id="Siemens CSA header"),
        pytest.param(_csa("0"), 0, id="Siemens CSA header, b 0"),
        pytest.param(_header(ImageComments="b=1500(0.3,0.2,0.9)"), 1500, id="Canon"),
        pytest.param(_header(SequenceName="*ep_b50t"), 50, id="Siemens sequence name, trace"),
        pytest.param(_header(SequenceName="ep_b1000#7"), 1000, id="Siemens sequence name, direction"),
        pytest.param(_header(SeriesDescription="Ax DWI b1400"), 1400, id="description"),
        pytest.param(_header(SeriesDescription="DWI_b-2000_syn"), 2000, id="description with a dash"),
        pytest.param(_header(SeriesDescription="calc bval 1500"), 1500, id="description with bval"),
    ],
)
def test_b_is_what_the_scanner_wrote(header: Dataset, expected: float) -> None:
    assert b_value(header) == expected


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(_header(SeriesDescription="t2_tse_tra"), id="no diffusion"),
        pytest.param(_header(SeriesDescription="ep2d_diff_b50_400_800"), id="several b-values in one name"),
        pytest.param(_header(SequenceName="*ep_b50_800"), id="a range is not a b-value"),
        pytest.param(_header(SeriesDescription="B1 map"), id="a field map"),
        pytest.param(_header(SeriesDescription="t2_tse_tra_b12"), id="a number that is part of a name"),
        pytest.param(_header(SeriesDescription="ep2d_CALC_BVAL"), id="calculated without a number"),
        pytest.param(_header(SeriesDescription="rib 1200"), id="a word that ends in b"),
        pytest.param(_siemens("OB", b"n/a "), id="unreadable private value"),
        pytest.param(_siemens("OB", b"800 ", creator="ACME PRIVATE"), id="another vendor's private block"),
        pytest.param(_private("ACME", 0x0019, "", 0x0C, "OB", b"800 "), id="no creator and another vendor"),
        pytest.param(_csa(""), id="Siemens CSA header of an image without diffusion"),
        pytest.param(_csa("800", cut=120), id="Siemens CSA header cut short"),
        pytest.param(_header(DiffusionBValue=-1.0), id="negative"),
        pytest.param(_header(DiffusionBValue=2e8), id="not of this world"),
    ],
)
def test_no_b_is_invented(header: Dataset) -> None:
    assert b_value(header) is None


def test_the_standard_attribute_outranks_the_private_one_and_words_come_last() -> None:
    header = _siemens("OB", b"800 ")
    header.SeriesDescription = "dwi b1400"
    assert b_value(header) == 800
    header.DiffusionBValue = 50.0
    assert b_value(header) == 50


def test_the_private_block_is_found_by_its_creator_wherever_it_stands() -> None:
    header = _header(Manufacturer="SIEMENS")
    header.add_new((0x0019, 0x0010), "LO", "SOMEONE ELSE")
    header.add_new((0x0019, 0x100C), "IS", 9999)
    header.add_new((0x0019, 0x0011), "LO", "SIEMENS MR HEADER ")
    header.add_new((0x0019, 0x110C), "IS", 400)
    assert b_value(header) == 400


def test_a_csa_header_reads_as_a_reader_of_its_own_reads_it() -> None:
    """nibabel's reader of the same bytes."""
    csa = pytest.importorskip("nibabel.nicom.csareader")
    packed = csa_header({"ImaRelTablePosition": ["0", "1"], "B_value": ["1400"]})
    assert csa.read(packed)["tags"]["B_value"]["items"][0] == 1400
    assert b_value(_csa("1400")) == 1400


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(_header(DiffusionDirectionality="ISOTROPIC"), "ISOTROPIC", id="standard"),
        pytest.param(
            _private("SIEMENS", 0x0019, "SIEMENS MR HEADER", 0x0D, "CS", "DIRECTIONAL"), "DIRECTIONAL", id="S"
        ),
        pytest.param(_private("Philips", 0x2001, "Philips Imaging DD 001", 0x04, "CS", "I"), "ISOTROPIC", id="P trace"),
        pytest.param(_private("Philips", 0x2001, "Philips Imaging DD 001", 0x04, "CS", "O"), "DIRECTIONAL", id="P"),
        pytest.param(_private("GE MEDICAL SYSTEMS", 0x0043, "GEMS_PARM_01", 0x30, "SS", 15), "ISOTROPIC", id="G trace"),
        pytest.param(_private("GE MEDICAL SYSTEMS", 0x0043, "GEMS_PARM_01", 0x30, "SS", 4), "DIRECTIONAL", id="G"),
        pytest.param(_private("GE MEDICAL SYSTEMS", 0x0043, "GEMS_PARM_01", 0x30, "SS", 14), "NONE", id="G b 0"),
        pytest.param(_header(), "", id="not stated"),
    ],
)
def test_a_direction_or_a_trace_is_told_by_the_standard_or_the_vendor(header: Dataset, expected: str) -> None:
    assert stated_directionality(values_of(header)) == expected


def test_each_frame_of_an_enhanced_image_has_its_own_b() -> None:
    image = Dataset()
    image.PerFrameFunctionalGroupsSequence = [
        _frame(DiffusionBValue=50.0),
        _frame(DiffusionBValue=800.0),
        _frame(DiffusionDirectionality="NONE"),
        Dataset(),
    ]
    image.SharedFunctionalGroupsSequence = [Dataset()]
    assert frame_b_values(image) == (50, 800, 0, None)
    assert b_value(image) is None
    image.PerFrameFunctionalGroupsSequence = [_frame(DiffusionBValue=800.0), _frame(DiffusionBValue=800.0)]
    assert b_value(image) == 800


def _frame(**diffusion: object) -> Dataset:
    frame = Dataset()
    frame.MRDiffusionSequence = [_header(**diffusion)]
    return frame


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("prostatex/ProstateX-0000/6.000000-ep2ddifftraDYNDIST-69284", {50: 19, 400: 19, 800: 19}),
        ("prostatex/ProstateX-0000/8.000000-ep2ddifftraDYNDISTCALCBVAL-83202", {1000: 19}),
        ("prostatex/ProstateX-0000/4.000000-t2tsetra-00702", {None: 19}),
        ("vendor_headers/ge/01_Ax_DWI_TENSOR_R2", {1000: 4}),
        ("vendor_headers/ge/04_Ax_DWI_TENSOR_R2MB2", {1000: 7, 0: 1}),
        ("vendor_headers/philips_classic", {1000: 24, 0: 10}),
    ],
)
def test_real_scanners(shared_data: Path, folder: str, expected: dict[float | None, int]) -> None:
    counted: dict[float | None, int] = {}
    for path in (shared_data / folder).iterdir():
        b = b_value(pydicom.dcmread(path, stop_before_pixels=True))
        counted[b] = counted.get(b, 0) + 1
    assert counted == expected


def test_a_real_enhanced_image_without_diffusion_has_no_b(shared_data: Path) -> None:
    image = pydicom.dcmread(shared_data / "vendor_headers/enhanced/Siemens/XA10/6_1.dcm", stop_before_pixels=True)
    assert len(frame_b_values(image)) == image.NumberOfFrames == 6
    assert b_value(image) is None


def test_the_file_as_written_and_as_read_agree(tmp_path: Path, write_dicom: Callable[..., None], made: type) -> None:
    written = made.dwi(1, None).dataset(0, "1.2.3")
    written.Manufacturer = "SIEMENS"
    written.add_new((0x0019, 0x0010), "LO", "SIEMENS MR HEADER")
    written.add_new((0x0019, 0x100C), "OB", b"800 ")
    write_dicom(written, tmp_path / "image.dcm")
    assert b_value(written) == b_value(pydicom.dcmread(tmp_path / "image.dcm")) == 800
