"""The demonstration: a believable association whose people, companies and figures are invented.

``association`` lays the ground; every other module adds its deeds to one ``Story``, which plays them
in the order of their dates through the same actions that the pages use. So the record, the books,
the numbers of papers and the seats agree, as ``manage.py verify`` shows.
"""
