"""Words for people 用语: sentences as data, written out in the language of whoever reads them.

Rules, refusals, warnings and histories hold a `Said`: the code of a sentence and the values that stand in it. The
sentences themselves are gettext catalogues, `en/<part>.po` and `zh/<part>.po`; a part is a house or `shared`.
`language` is who reads which; `said` is the value; `catalogues` reads the files; `forms` writes values.
"""
