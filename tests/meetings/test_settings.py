"""Settings as they are read from the environment."""

from __future__ import annotations

import pytest

from meetings.settings import Settings


def test_without_an_address_of_its_own_the_product_is_reached_where_it_listens():
    assert Settings.from_environ({"DIEMCAU_PORT": "8123"}).base_url == "http://127.0.0.1:8123"
    chosen = {"DIEMCAU_PORT": "8123", "DIEMCAU_BASE_URL": "https://hop.hue.example"}
    assert Settings.from_environ(chosen).base_url == "https://hop.hue.example"


@pytest.mark.parametrize(("name", "value"), [("DIEMCAU_PRT", "1"), ("DIEMCAU_PORT", "eighty"), ("DIEMCAU_SMTP_CONNECTIONS", "0")])
def test_what_does_not_fit_is_named(name: str, value: str):
    with pytest.raises(ValueError, match=name):
        Settings.from_environ({name: value})


def test_settings_are_handed_on_to_another_process_as_they_are():
    given = Settings.from_environ({"DIEMCAU_PORT": "8123", "DIEMCAU_NAME": "Họp"})
    assert Settings.from_environ(given.environ()) == given
