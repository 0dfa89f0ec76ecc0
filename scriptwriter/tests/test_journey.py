"""A book becomes plot, cast and a screenplay, by rules, through the API."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Value
from django.db.models.functions import Concat

from canon.models import Character, Utterance
from scriptwriter.adaptation import read_for_script
from scriptwriter.formats import layout, pdf
from scriptwriter.formats.fountain import parse
from scriptwriter.models import Book, ChapterText, PlotOverview, Script
from scriptwriter.tests.conftest import STORY
from storyforge.generation.models import Receipt


def upload(client, project, name="salt.md", content=STORY):
    file = SimpleUploadedFile(name, content.encode())
    return client.post(
        "/api/v1/books", {"project": str(project.pk), "file": file}, format="multipart"
    )


def fold(text):
    return " ".join(text.split())


def test_bob_brings_a_book_and_gets_its_chapters(bob, project, finish):
    response = upload(bob, project)
    assert response["Location"] == f"/api/v1/jobs/{response.json()['id']}"
    job = finish(response)
    book = Book.objects.get(pk=job.target_id)
    assert (book.title, book.author, book.status) == ("The Salt Road", "Ada Quill", "ready")
    assert [c.title for c in book.chapters.all()] == ["The Inn", "The Light"]


def test_a_file_that_is_no_book_says_so_and_the_job_fails_in_plain_words(bob, project, work):
    response = bob.post(
        "/api/v1/books",
        {"project": str(project.pk), "file": SimpleUploadedFile("x.pdf", b"MZ\x90\x00 no pdf")},
        format="multipart",
    )
    work()
    job = bob.get(response["Location"]).json()
    assert job["status"] == "failed"
    assert job["error"]["error_code"] in {"unreadable_file", "unsupported_format"}
    assert Book.objects.get().status == "unreadable"


def test_a_chapters_span_gives_back_its_text(imported):
    text = imported.file.text
    first, second = imported.chapters.all()
    assert "Chapter 1: The Inn" in text[first.start : first.body]
    assert "Captain Mara Vane came" in text[first.body : first.end]
    assert text[second.start : second.body].strip().endswith("The Light")


def test_every_quote_points_at_its_own_words(analyzed):
    quotes = Utterance.objects.filter(project=analyzed.project)
    assert quotes.count() >= 9
    texts = dict(ChapterText.objects.values_list("pk", "text"))
    for quote in quotes:
        assert texts[quote.origin][quote.start : quote.end] == quote.text


def test_the_cast_is_found_with_who_says_what(analyzed):
    names = set(analyzed.characters.values_list("name", flat=True))
    assert any("Mara" in name for name in names), names
    assert any("Tobias" in name for name in names), names
    late = Utterance.objects.get(text="You are late,")
    assert "Tobias" in late.speaker.name
    assert late.method == "explicit"


def test_analyzing_again_keeps_the_characters(analyzed, generate):
    before = set(analyzed.characters.values_list("code", flat=True))
    generate("book.analysis", analyzed)
    assert set(analyzed.characters.values_list("code", flat=True)) == before


def test_the_plot_says_it_was_made_by_rules_and_cites_the_book(bob, analyzed, finish):
    finish(bob.post(f"/api/v1/books/{analyzed.pk}/plot/generate", {}))
    plot = bob.get(f"/api/v1/books/{analyzed.pk}/plot").json()
    assert plot["generation_method"] == "rules"
    assert plot["plot_overview"]["logline"]
    assert len(plot["logline"].split()) <= 50
    texts = [fold(t) for t in ChapterText.objects.values_list("text", flat=True)]
    for theme in plot["themes"]:
        assert len(theme["evidence"]) >= 2
        for evidence in theme["evidence"]:
            assert any(fold(evidence["quote"]) in text for text in texts)


def test_each_plot_is_a_new_version_and_one_is_active(analyzed, generate):
    for _ in range(3):
        generate("plot.overview", analyzed)
    assert list(analyzed.plots.values_list("version", flat=True)) == [3, 2, 1]
    assert analyzed.plots.get(status=PlotOverview.Status.ACTIVE).version == 3


def test_a_locked_field_survives_the_next_writing(bob, analyzed, generate):
    generate("plot.overview", analyzed)
    plot = analyzed.plots.first()
    body = {"tone": "bitter", "locked_fields": ["tone"]}
    assert bob.patch(f"/api/v1/plots/{plot.pk}", body).status_code == 200
    generate("plot.overview", analyzed)
    assert analyzed.plots.first().tone == "bitter"


def test_a_version_by_hand_locks_what_it_says(bob, analyzed, generate):
    generate("plot.overview", analyzed)
    body = {"tone": "bitter", "locked_fields": ["tone"]}
    saved = bob.post(f"/api/v1/books/{analyzed.pk}/plot/save", body)
    assert (saved.status_code, saved.json()["locked_fields"]) == (201, ["tone"])
    generate("plot.overview", analyzed)
    newest = analyzed.plots.first()
    assert (newest.version, newest.tone, newest.locked_fields) == (3, "bitter", ["tone"])


def test_a_profile_cites_the_book_and_leaves_a_persons_words_alone(bob, analyzed, finish):
    mara = analyzed.characters.filter(name__contains="Mara").get()
    bob.patch(f"/api/v1/characters/{mara.pk}", {"want": "To be left alone."})
    finish(bob.post(f"/api/v1/characters/{mara.pk}/generate/character.profile", {}))
    body = bob.get(f"/api/v1/characters/{mara.pk}").json()
    assert body["want"] == "To be left alone."
    assert body["field_state"]["want"]["status"] == "confirmed"
    filled = {n for n in Character.PROFILE if body[n] and n not in {"want", "role"}}
    assert filled
    for name in filled:
        assert body["field_state"][name]["evidence"], name


def adapted(client, chapter, finish):
    job = finish(client.post(f"/api/v1/chapters/{chapter.pk}/generate/script.adapt", {}))
    return Script.objects.get(versions=job.result["created"][0]["id"])


def test_the_screenplay_keeps_every_quote_of_the_chapter(bob, analyzed, finish):
    chapter = analyzed.chapters.first()
    script = adapted(bob, chapter, finish)
    response = bob.get(f"/api/v1/scripts/{script.pk}/export?as=fountain")
    assert '-v1.fountain"' in response["Content-Disposition"]
    document = parse(response.content.decode())
    spoken = fold(" ".join(e.text for e in document.elements if e.kind == "dialogue"))
    for quote in Utterance.objects.filter(origin=chapter.text.pk):
        assert fold(quote.text) in spoken
    headings = [e.text for e in document.elements if e.kind == "heading"]
    assert len(headings) == 2
    cues = {e.speaker for e in document.elements if e.kind == "cue"}
    assert any("TOBIAS" in cue for cue in cues)


def test_stored_speakers_belong_to_the_quote_at_their_place(analyzed):
    """A later release may find one quote more before them, and number them otherwise."""
    chapter = analyzed.chapters.first()
    before = read_for_script(chapter).attributions
    assert any(found.speaker for found in before.values())
    Utterance.objects.update(code=Concat(Value("old"), "code"))
    assert read_for_script(chapter).attributions == before


def test_a_play_becomes_a_cast_and_a_script_under_its_names(bob, project, generate, finish):
    speeches = "ADA. Is it lit?\n\nMRS. BELL. [Sits.] It is.\n\nADA. Good.\n\nMRS. BELL. Is it?\n\n"
    text = f"The Lamp\n\nACT I\n\nSCENE. A kitchen.\n\n{speeches * 3}ACT II\n\nSCENE. A quay.\n\n{speeches * 3}"
    finish(upload(bob, project, name="lamp.txt", content=text))
    book = Book.objects.get()
    generate("book.analysis", book)
    assert set(book.characters.values_list("name", flat=True)) == {"Ada", "Mrs. Bell"}
    script = adapted(bob, book.chapters.first(), finish)
    exported = bob.get(f"/api/v1/scripts/{script.pk}/export?as=fountain").content.decode()
    shown = [(e.kind, e.text) for e in parse(exported).elements][:6]
    assert shown == [
        ("heading", "INT. KITCHEN"),
        ("action", "A kitchen."),
        ("cue", "ADA"),
        ("dialogue", "Is it lit?"),
        ("cue", "MRS. BELL"),
        ("parenthetical", "(sits)"),
    ]


def test_a_script_keeps_the_genre_and_tone_of_the_plot(bob, analyzed, generate, finish):
    generate("plot.overview", analyzed)
    plot = analyzed.plots.get()
    plot.genre, plot.tone = "gothic", "bleak"
    plot.save()
    script = adapted(bob, analyzed.chapters.first(), finish)
    body = bob.get(f"/api/v1/scripts/{script.pk}").json()
    assert (body["genre"], body["tone"], body["plot_enhanced"]) == ("gothic", "bleak", True)
    refused = bob.patch(f"/api/v1/scripts/{script.pk}", {"set_tone": "merry"})
    assert refused.status_code == 400


def test_the_screenplay_is_the_same_on_every_run(bob, analyzed, finish):
    chapter = analyzed.chapters.first()
    script = adapted(bob, chapter, finish)
    adapted(bob, chapter, finish)
    new, old = script.versions.all()
    assert [p.revision.sha256 for p in new.tree.all()] == [
        p.revision.sha256 for p in old.tree.all()
    ]
    assert [p.scene_id for p in new.tree.all()] == [p.scene_id for p in old.tree.all()]


def test_the_script_comes_as_a_pdf(bob, analyzed, finish):
    script = adapted(bob, analyzed.chapters.first(), finish)
    response = bob.get(f"/api/v1/scripts/{script.pk}/export?as=pdf")
    assert response.content.startswith(b"%PDF-")
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("status", "code", "where", "name", "value"),
    [
        (413, "too_many_pages", vars(layout), "MAX_PAGES", 0),
        (503, "typesetting_timed_out", pdf.screenplay_pdf.__kwdefaults__, "limits", pdf.Limits(seconds=0)),
        (500, "typesetting_failed", pdf.screenplay_pdf.__kwdefaults__, "limits", pdf.Limits(memory=2**26)),
    ],
)  # fmt: skip
def test_a_pdf_that_cannot_be_made_says_why(
    bob, analyzed, finish, monkeypatch, status, code, where, name, value
):
    script = adapted(bob, analyzed.chapters.first(), finish)
    monkeypatch.setitem(where, name, value)
    refused = bob.get(f"/api/v1/scripts/{script.pk}/export?as=pdf")
    assert (refused.status_code, refused.json()["error_code"]) == (status, code)
    assert refused["Content-Type"] == "application/problem+json"


def test_regenerating_a_scene_leaves_the_others_alone(bob, analyzed, finish):
    script = adapted(bob, analyzed.chapters.first(), finish)
    first, second = script.versions.first().tree.all()
    finish(bob.post(f"/api/v1/scenes/{first.scene_id}/regenerate/", {}))
    again = script.versions.first()
    assert again.number == 2
    assert again.tree.get(scene=second.scene_id).revision_id == second.revision_id
    assert again.tree.get(scene=first.scene_id).revision_id != first.revision_id


def test_every_step_left_a_receipt_that_says_rules(bob, analyzed, finish):
    adapted(bob, analyzed.chapters.first(), finish)
    writers = Receipt.objects.values_list("job__kind", "writer")
    assert set(writers) == {("book.analysis", "rules"), ("script.adapt", "rules")}


@pytest.mark.parametrize(
    ("path", "status"),
    [("plot.overview", 202), ("no.such.kind", 404), ("script.adapt", 404)],
)
def test_only_kinds_for_books_run_on_books(bob, imported, path, status):
    assert bob.post(f"/api/v1/books/{imported.pk}/generate/{path}", {}).status_code == status


def test_a_model_that_is_not_there_is_refused_in_plain_words(bob, imported):
    response = bob.post(f"/api/v1/books/{imported.pk}/generate/plot.overview", {"writer": "model"})
    assert response.status_code == 422
    assert response.json()["error_code"] == "no_model"
