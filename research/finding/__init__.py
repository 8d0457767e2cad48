"""Finding reports: ``words`` what texts and queries are cut into · ``bits`` how postings are packed
· ``cards`` what of a report is indexed · ``shelf`` what is listed, in its order · ``searching`` ·
``snippets`` · ``suggesting`` · ``pdf_text`` the text of a file"""
