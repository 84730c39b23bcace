"""Administrative divisions."""

import subprocess
import sys

import pytest

from shared.regions import Region, RegionLevel, is_within, region_prefix, regions, scope_chain

VILLAGE = "520626001001"
NEW_VILLAGE = "520626001299"


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("520626000000", "520626"),
        ("520626001000", "520626001"),
        (VILLAGE, VILLAGE),
        ("520600000000", "5206"),
        ("520600", "5206"),
        ("520000000000", "52"),
        ("52", "52"),
        ("520626100000", "520626100"),
        ("441900003000", "441900003"),
    ],
)
def test_filling_zeros_are_no_part_of_a_prefix(code: str, prefix: str) -> None:
    assert region_prefix(code) == prefix


@pytest.mark.parametrize("code", ["", "5", "520", "52062", "5206260010011", "5206 6", "52062x", "５２", "-2"])
def test_a_malformed_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        region_prefix(code)


@pytest.mark.parametrize(
    ("region", "scope", "within"),
    [
        (VILLAGE, "520626001000", True),
        (VILLAGE, "520626000000", True),
        (VILLAGE, "52", True),
        (VILLAGE, VILLAGE, True),
        (VILLAGE, "520627000000", False),
        ("520626000000", VILLAGE, False),
        ("520600000000", "520626000000", False),
        ("441900003000", "441900000000", True),
    ],
)
def test_a_region_lies_in_the_scopes_that_contain_it(region: str, scope: str, within: bool) -> None:
    assert is_within(region, scope) is within


def test_the_chain_goes_from_the_village_to_the_province() -> None:
    assert scope_chain(VILLAGE) == (VILLAGE, "520626001", "520626", "5206", "52")
    assert scope_chain("520000000000") == ("52",)


def test_a_city_without_counties_has_a_shorter_chain() -> None:
    assert scope_chain("441900003000") == ("441900003", "4419", "44")


def test_a_region_is_found_by_its_full_and_its_short_code() -> None:
    expected = Region("520626000000", "德江县", RegionLevel.COUNTY, "520600000000")
    assert regions().find("520626000000") == expected
    assert regions().find("520626") == expected
    assert regions().find(NEW_VILLAGE) is None


def test_names_lead_from_the_province_to_the_village() -> None:
    assert regions().path(VILLAGE) == ("贵州省", "铜仁市", "德江县", "青龙街道", "桥头社区居民委员会")
    assert regions().path("441900003000") == ("广东省", "东莞市", "东城街道")


def test_a_village_the_data_does_not_list_is_recognised_below_its_township() -> None:
    nearest = regions().nearest_known(NEW_VILLAGE)
    assert nearest is not None
    assert (nearest.name, nearest.level) == ("青龙街道", RegionLevel.TOWNSHIP)
    assert regions().path(NEW_VILLAGE) == ("贵州省", "铜仁市", "德江县", "青龙街道")


def test_nothing_is_known_of_a_province_that_does_not_exist() -> None:
    assert regions().nearest_known("990101001001") is None
    assert regions().path("990101001001") == ()


def test_tongren_has_its_ten_counties() -> None:
    counties = {prefix for n in range(100) if regions().find(prefix := f"5206{n:02d}") and n}
    assert counties == {"520602", "520603", *(f"5206{n}" for n in range(21, 29))}


def test_importing_the_module_reads_no_file() -> None:
    program = "import sys; opened = []; sys.addaudithook(lambda e, a: opened.append(a[0]) if e == 'open' else None);"
    program += "import shared.regions as r; before = any('divisions' in str(o) for o in opened); r.regions();"
    program += "print(before, any('divisions' in str(o) for o in opened))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
