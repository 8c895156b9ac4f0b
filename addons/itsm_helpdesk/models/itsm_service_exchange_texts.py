"""Texts of records in all installed languages, as service files have them."""

from ..tools.service_file import SOURCE_LANGUAGE


def languages(env):
    """Return the codes of the languages that texts are read and written in."""
    installed = [code for code, _name in env["res.lang"].get_installed()]
    return [SOURCE_LANGUAGE, *(code for code in installed if code != SOURCE_LANGUAGE)]


def read_texts(records, names):
    """Return ``{record id: {field: {language: text}}}``.

    Fields without translations have one text, in the source language.
    """
    names = list(names)
    found = {record.id: {name: {} for name in names} for record in records}
    for language in languages(records.env):
        spoken = [
            name
            for name in names
            if language == SOURCE_LANGUAGE or records._fields[name].translate
        ]
        for record in records.with_context(lang=language):
            for name in spoken:
                found[record.id][name][language] = str(record[name] or "")
    return found


def spoken(texts, language):
    """Return a text in a language, in the source's where it has none in it."""
    return texts.get(language) or texts.get(SOURCE_LANGUAGE) or ""


def create_values(Model, texts):
    """Return what to create a record with, so that required texts are there.

    :param texts: ``{field: {language: text}}`` in normal form
    """
    return {
        name: spoken(value, Model.env.lang)
        for name, value in texts.items()
        if value and not callable(Model._fields[name].translate)
    }


def write_texts(record, texts):
    """Give a record its texts in all installed languages, and no others.

    :param texts: ``{field: {language: text}}`` in normal form
    :return: ``[(field, language)]`` of what could not be kept, as it is built otherwise
        than in the source language
    """
    now = read_texts(record, texts)[record.id]
    misfits = []
    for name, value in texts.items():
        wanted = {language: spoken(value, language) for language in now[name]}
        if now[name] == wanted:
            continue
        field = record._fields[name]
        if not value or not field.translate:
            record[name] = wanted[SOURCE_LANGUAGE] or False
        elif callable(field.translate):
            misfits += _write_terms(record, field, wanted)
        else:
            own = {language: value.get(language) or False for language in wanted}
            record.update_field_translations(name, own)
    return misfits


def _write_terms(record, field, wanted):
    """Write a formatted text, whose translations Odoo keeps piece by piece."""
    name = field.name
    source = record.with_context(lang=SOURCE_LANGUAGE)
    source[name] = wanted[SOURCE_LANGUAGE]
    source_terms = field.get_trans_terms(source[name] or "")
    translations, misfits = {}, []
    for language, text in wanted.items():
        if language == SOURCE_LANGUAGE:
            continue
        # Odoo cleans a source text, but takes the pieces of others as they come.
        terms = field.get_trans_terms(str(field.convert_to_cache(text, record) or ""))
        if len(terms) != len(source_terms):
            misfits.append((name, language))
        else:
            translations[language] = dict(zip(source_terms, terms, strict=True))
    if translations and source_terms:
        record.update_field_translations(name, translations)
    return misfits
