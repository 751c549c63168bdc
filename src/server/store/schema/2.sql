-- Schema 2. What a label was called when trainings learned it: a JSON list of names.

ALTER TABLE label ADD COLUMN formerly TEXT NOT NULL DEFAULT '[]';
