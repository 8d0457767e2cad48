"""How a spreadsheet of members is understood: its columns, its cells, who is there already, and the
few statements that write it all at once.

``columns`` and ``cells`` what headings and texts mean · ``lines`` what a line says, as ``drafts`` ·
``known`` who is there · ``own`` who brings the file and what they may not · ``checking`` what each
line would become, with its ``remarks`` · ``staging`` where drafts are kept · ``writing`` all of
them
"""
