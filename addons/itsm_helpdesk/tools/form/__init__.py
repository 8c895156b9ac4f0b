"""Forms of the service catalogue: what is asked, shown, answered and refused.

Pure functions over a *definition* (the questions of a form in one language, see
``definition``) and *raw* values (what a browser or a client sent). A *path* names a
place in a form: ``key`` of a question, ``key.row.column`` of a cell of a table.

    definition   the questions and their limits
    checking     what is wrong with a definition, before it is published
    conditions   when a question is shown or required (twin: static/src/form/)
    posting      the fields of a posted form → raw
    references   the records that raw names, for the caller to look up
    reading      raw → clean answers and problems; defaults of a new form
"""
