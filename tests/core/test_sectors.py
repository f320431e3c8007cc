"""The sector map has the 41 sectors of CID 6304."""

from collections import Counter

from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from core.pirads import Zone
from core.sectors import Level, sector, sectors


def test_the_map_has_41_sectors_in_their_zones():
    assert Counter(s.zone for s in sectors().values()) == {
        Zone.PZ: 18,
        Zone.TZ: 12,
        Zone.AFS: 6,
        Zone.CZ: 2,
        Zone.SV: 2,
        Zone.EUS: 1,
    }


def test_the_codes_are_those_of_context_group_6304():
    group = {code.value for name in dir(codes.cid6304) if isinstance(code := getattr(codes.cid6304, name), Code)}
    assert {s.code for s in sectors().values()} <= group
    assert len({s.code for s in sectors().values()}) == 41


def test_side_and_level_agree_with_the_coded_meaning():
    words = {Level.BASE: "basal", Level.MID: "middle", Level.APEX: "apical"}
    for one in sectors().values():
        assert one.side == "midline" or one.side in one.meaning.lower()
        assert one.level is Level.OUTSIDE or one.zone is Zone.CZ or words[one.level] in one.meaning


def test_a_sector_is_written_as_radiologists_do():
    assert sector("right-mid-PZpm").label == "Right mid PZpm"
    assert sector("left-SV").label == "Left seminal vesicle"
