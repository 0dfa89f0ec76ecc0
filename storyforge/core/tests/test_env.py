"""What the environment says, or a file it names."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from storyforge import env


@pytest.fixture(autouse=True)
def _forgotten():
    """A name that a test declares is free again."""
    before = dict(env.DECLARED)
    yield
    env.DECLARED.clear()
    env.DECLARED.update(before)


def read():
    return env.text("OF_A_TEST", secret=True, help="-")


def test_a_secret_may_lie_in_a_file(tmp_path, monkeypatch):
    (tmp_path / "key").write_text("s3cret of a file\n")
    monkeypatch.setenv("OF_A_TEST_FILE", str(tmp_path / "key"))
    assert read() == "s3cret of a file"


def test_an_empty_file_is_as_good_as_none(tmp_path, monkeypatch):
    (tmp_path / "key").write_text("\n")
    monkeypatch.setenv("OF_A_TEST_FILE", str(tmp_path / "key"))
    assert read() == ""


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xfd"])
def test_a_file_that_cannot_be_read_stops_the_start_and_shows_nothing(
    tmp_path, monkeypatch, content
):
    if content:
        (tmp_path / "key").write_bytes(content)
    monkeypatch.setenv("OF_A_TEST_FILE", str(tmp_path / "key"))
    with pytest.raises(ImproperlyConfigured, match="cannot be read as text"):
        read()


def test_a_secret_given_twice_stops_the_start(tmp_path, monkeypatch):
    (tmp_path / "key").write_text("one")
    monkeypatch.setenv("OF_A_TEST_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("OF_A_TEST", "another")
    with pytest.raises(ImproperlyConfigured, match="both set") as refused:
        read()
    assert "another" not in str(refused.value)


def test_a_file_that_must_be_there_is_looked_for_at_the_start(tmp_path, monkeypatch):
    monkeypatch.setenv("OF_A_TEST", str(tmp_path / "nothing"))
    with pytest.raises(ImproperlyConfigured, match="no such file"):
        env.existing_file("OF_A_TEST", help="-")
