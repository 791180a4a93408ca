-- What maps are drawn of.  Everything here follows from an edition's boundaries and is written once, when the edition is
-- activated (gis/units.py); an edition's geometry never changes afterwards.

-- The H3 cells of a position, at resolutions 5, 6, 7, 8, 9 in this order; null without a pin.  The exact cell of each: an H3
-- parent is not the union of its children.
ALTER TABLE reports ADD COLUMN cells bigint[];
-- The cells of its pin, and the channel of its first report.
ALTER TABLE cases ADD COLUMN cells bigint[], ADD COLUMN channel text;

-- The pieces of a map: the areas of a level, or the H3 cells of a resolution whose centre lies in the edition.
CREATE TABLE units (
    edition_id  integer NOT NULL REFERENCES editions ON DELETE CASCADE,
    kind        text NOT NULL,                       -- a level of the edition, or cell-5 … cell-9
    n           integer NOT NULL CHECK (n >= 1),     -- by key, without gaps: tiles and figures are joined by it
    key         text NOT NULL,                       -- the area's code, or the cell in hexadecimal
    cell        bigint,
    households  double precision CHECK (households >= 0),  -- of a cell: of the grids below it, shared by area
    area_m2     double precision NOT NULL CHECK (area_m2 > 0),
    PRIMARY KEY (edition_id, kind, n),
    CHECK ((cell IS NULL) = (kind NOT LIKE 'cell-%')),
    -- Also serves the search for a unit by its code.
    UNIQUE (edition_id, kind, key)
);
-- Usage: the figures by cell, from a cell to its number.
CREATE UNIQUE INDEX units_by_cell ON units (edition_id, kind, cell) WHERE cell IS NOT NULL;

-- Their outlines as a tile needs them: in EPSG:3857, simplified per band of zooms with shared borders kept shared.
-- (Checked against the edition alone: 400,000 rows are written at once, by the one function that numbers the units.)
CREATE TABLE shapes (
    edition_id  integer NOT NULL REFERENCES editions ON DELETE CASCADE,
    kind        text NOT NULL,
    n           integer NOT NULL,
    band        smallint NOT NULL,                   -- 0 is the finest; which zooms it serves says maps/tiles.py
    geom        geometry(Geometry, 3857) NOT NULL,
    PRIMARY KEY (edition_id, kind, band, n)
);
-- Usage: a tile: what of this kind and band touches this box.
CREATE INDEX shapes_by_place ON shapes USING gist (geom, kind, band, edition_id);

-- Where in an edition a row counts that was filed under a code, also under a code of another edition: one row a level.
-- A grid that is gone still counts in its village.
CREATE TABLE lineage (
    edition_id  integer NOT NULL REFERENCES editions ON DELETE CASCADE,
    kind        text NOT NULL,
    code        area_code NOT NULL REFERENCES areas,
    n           integer NOT NULL,
    PRIMARY KEY (edition_id, kind, code)
);

-- How an area's name is typed on a keyboard without Chinese: full pinyin, and the first letters.
CREATE TABLE spellings (
    edition_id  integer NOT NULL,
    code        area_code NOT NULL,
    pinyin      text NOT NULL,
    initials    text NOT NULL,
    PRIMARY KEY (edition_id, code),
    FOREIGN KEY (edition_id, code) REFERENCES boundaries ON DELETE CASCADE
);

-- Numbers the areas of an edition and says where every code ever used counts in it.
CREATE FUNCTION number_areas(p_edition integer) RETURNS void
LANGUAGE sql VOLATILE AS $$
    INSERT INTO units (edition_id, kind, n, key, households, area_m2)
    SELECT p_edition, b.level, row_number() OVER (PARTITION BY b.level ORDER BY b.code), b.code, b.households, b.area_m2
    FROM boundaries b WHERE b.edition_id = p_edition;

    INSERT INTO lineage (edition_id, kind, code, n)
    SELECT p_edition, u.kind, known.code, u.n
    FROM (
        -- As it stands in this edition; a code that this edition does not know, as it stood last.
        SELECT DISTINCT ON (b.code) b.code, b.chain FROM boundaries b JOIN editions e ON e.id = b.edition_id
        ORDER BY b.code, (e.id = p_edition) DESC, e.valid_from DESC
    ) known
    CROSS JOIN LATERAL unnest(known.chain) above (code)
    JOIN units u ON u.edition_id = p_edition AND u.cell IS NULL AND u.key = above.code;
$$;

-- Usage: the figures of a period, from the index alone: the rows themselves are wide.
CREATE INDEX reports_for_figures ON reports (received_at)
    INCLUDE (category_code, channel, area_code, chain, cells);
-- Usage: the open cases of the whole city.
CREATE INDEX cases_open ON cases (due_at) WHERE closed_at IS NULL;

GRANT SELECT ON units, shapes, lineage, spellings TO gridwarden_web;
REVOKE EXECUTE ON FUNCTION number_areas FROM PUBLIC;
