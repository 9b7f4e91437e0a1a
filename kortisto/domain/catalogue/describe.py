"""What a MARC record says about a title: a pure function of the record."""

from __future__ import annotations

from kortisto.domain.catalogue.description import (
    coded,
    identifiers,
    names,
    notes,
    subjects,
    titles,
)
from kortisto.domain.catalogue.description import material as materials
from kortisto.domain.catalogue.description.fields import Fields
from kortisto.domain.catalogue.description.kinds import (
    Classification,
    Contributor,
    Description,
    Host,
    Identifier,
    IdentifierKind,
    Link,
    Material,
    NameKind,
    NoteText,
    Series,
    Term,
    TermKind,
)
from kortisto.domain.catalogue.description.sorting import (
    bounded,
    normalised,
    sort_key,
)
from kortisto.domain.catalogue.marc.record import Marc

__all__ = [
    "Classification",
    "Contributor",
    "Description",
    "Host",
    "Identifier",
    "IdentifierKind",
    "Link",
    "Material",
    "NameKind",
    "NoteText",
    "Series",
    "Term",
    "TermKind",
    "describe",
    "sort_key",
    "work_key",
]

_FIXED_LENGTH = 40


def describe(marc: Marc) -> Description:
    """Everything that columns, search and pages need of a record.

    Never raises: what is odd in the record is left out or kept as text.
    """
    fields = Fields(marc)
    fixed = fields.fixed("008").ljust(_FIXED_LENGTH)
    title = titles.titles(fields)
    people = names.contributors(fields)
    tongue = coded.languages(fields, fixed)
    years = coded.years(fields, fixed)
    published = notes.publication(fields)
    classes = subjects.classes(fields)
    ykl = subjects.ykl(classes)
    audience = coded.audience(fields, fixed)
    audience_notes = coded.audience_notes(fields)
    host = titles.host(fields)
    return Description(
        control_number=fields.fixed("001").strip(),
        control_source=fields.fixed("003").strip(),
        entered_on=coded.entered_on(fixed),
        changed=fields.fixed("005").strip(),
        title=title.title,
        short_title=title.short,
        title_sort=title.sort,
        title_original_script=title.original_script,
        other_titles=titles.other_titles(fields),
        uniform_title=titles.uniform_title(fields),
        responsibility=titles.responsibility(fields),
        edition=notes.edition(fields),
        main_author=people[0] if people and people[0].is_main else None,
        contributors=people,
        identifiers=identifiers.identifiers(fields),
        languages=tongue.text,
        original_languages=tongue.original,
        subtitle_languages=tongue.subtitles,
        spoken_languages=tongue.spoken,
        country=fixed[15:18].strip(" |"),
        material=materials.material(fields, fixed, years.start),
        local_material=materials.local_code(fields),
        year=years.start,
        end_year=years.end,
        publisher=published.publisher,
        place=published.place,
        publication=published.statement,
        extent=notes.extent(fields),
        series=titles.series(fields),
        ykl=ykl,
        classes=classes,
        subjects=subjects.subjects(fields),
        genres=subjects.genres(fields),
        audience=audience,
        audience_notes=audience_notes,
        is_juvenile=coded.is_juvenile(audience, audience_notes, ykl),
        age_limit=coded.age_limit(fields),
        is_fiction=coded.is_fiction(fields, fixed, ykl),
        summary=notes.summary(fields),
        contents=notes.contents(fields),
        notes=notes.notes(fields),
        host=host,
        is_component=host is not None and fields.leader[7] in ("a", "b"),
        links=notes.links(fields),
    )


def work_key(description: Description) -> str:
    """One key for all editions of a work in one language: author and short title.

    At most 200 characters; "" without a title. Where no author is known the rest of
    the title is taken too, since short titles alone ("Runoja") join strangers.
    """
    author = description.main_author
    title = normalised(description.short_title if author else description.title)
    if not title:
        return ""
    return bounded(f"{normalised(author.name) if author else ''}|{title}")
