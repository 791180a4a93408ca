ALTER TABLE editions ADD COLUMN valid_from timestamptz, ADD COLUMN state text NOT NULL DEFAULT 'loaded'
    CONSTRAINT editions_state_check CHECK (state IN ('loaded', 'active', 'withdrawn')), ADD COLUMN activated_at timestamptz;
-- An edition that was in force twice keeps its last stretch: before this revision it could have one alone.
UPDATE editions e SET valid_from = a.valid_from, state = 'active', activated_at = a.activated_at
FROM (SELECT DISTINCT ON (edition_id) * FROM activations ORDER BY edition_id, valid_from DESC) a WHERE a.edition_id = e.id;
UPDATE editions SET valid_from = loaded_at WHERE valid_from IS NULL;
ALTER TABLE editions ALTER COLUMN valid_from SET NOT NULL,
    ADD CONSTRAINT editions_check CHECK ((state = 'active') <= (activated_at IS NOT NULL));
CREATE UNIQUE INDEX editions_in_force ON editions (valid_from) WHERE state = 'active';

CREATE OR REPLACE FUNCTION edition_at(p_at timestamptz) RETURNS editions
LANGUAGE plpgsql STABLE AS $$
DECLARE
    found editions;
BEGIN
    SELECT * INTO found FROM editions e
    WHERE e.state = 'active' AND e.valid_from <= p_at ORDER BY e.valid_from DESC LIMIT 1;
    RETURN found;
END $$;

CREATE OR REPLACE FUNCTION number_areas(p_edition integer) RETURNS void
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

DROP TABLE activations;
DROP FUNCTION refuse_another_past;
