-- Schema 3. Files are found by the name that their first page was promised, before it is there.

CREATE INDEX file_first_page ON file (first_page);
