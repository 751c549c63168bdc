-- Schema 4. The columns of labels that are tables.

ALTER TABLE label ADD COLUMN columns TEXT NOT NULL DEFAULT '[]';  -- names in order, a JSON array
