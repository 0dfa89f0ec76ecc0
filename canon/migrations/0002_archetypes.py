"""The seven archetypes of the reference list. Running it again changes nothing that staff edited."""

from django.db import migrations

CORE = [
    ("hero", "The Hero", "hero", "The central character who overcomes challenges and grows",
     ["brave", "determined", "flawed", "growing"], ["protagonist", "main character"],
     "Luke Skywalker, Frodo Baggins, Harry Potter"),
    ("mentor", "The Mentor", "guide", "The wise guide who helps the hero",
     ["wise", "experienced", "supportive", "mysterious"], ["teacher", "guide", "advisor"],
     "Gandalf, Obi-Wan Kenobi, Dumbledore"),
    ("shadow", "The Shadow", "antagonist", "The antagonist representing the hero's dark side",
     ["dark", "opposing", "powerful", "threatening"], ["villain", "antagonist", "obstacle"],
     "Darth Vader, Sauron, Voldemort"),
    ("ally", "The Ally", "companion", "The loyal companion who supports the hero",
     ["loyal", "supportive", "skilled", "brave"], ["sidekick", "friend", "companion"],
     "Hermione Granger, Samwise Gamgee, Han Solo"),
    ("threshold-guardian", "The Threshold Guardian", "challenger",
     "Tests the hero's resolve at key moments",
     ["testing", "blocking", "protective", "cautious"], ["gatekeeper", "challenger", "obstacle"],
     "The Sphinx, Doormen, Bureaucrats"),
    ("shapeshifter", "The Shapeshifter", "variable",
     "Character whose loyalty and nature keep changing",
     ["mysterious", "changing", "unpredictable", "complex"],
     ["double agent", "love interest", "ally/enemy"],
     "Snape, Lando Calrissian, Gollum"),
    ("trickster", "The Trickster", "comic", "Provides comic relief and unexpected wisdom",
     ["humorous", "wise", "disruptive", "unconventional"], ["comic relief", "fool", "jester"],
     "Mercutio, C-3PO, Tyrion Lannister"),
]


def add(apps, schema_editor):
    archetype = apps.get_model("canon", "Archetype")
    for code, name, category, description, traits, roles, examples in CORE:
        archetype.objects.get_or_create(
            code=code,
            defaults={
                "set": "core", "name": name, "category": category, "description": description,
                "traits": traits, "typical_roles": roles, "example_characters": examples,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("canon", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
