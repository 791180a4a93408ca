-- Which edition is in force when.  An edition may be in force in several stretches: a roll-back activates an earlier one
-- again.  An edition itself knows no day: what is loaded, is compared, checked and prepared, and only an activation lets it answer.

CREATE TABLE activations (
    valid_from    timestamptz PRIMARY KEY,           -- until the next activation's; a midnight of Asia/Shanghai
    edition_id    integer NOT NULL REFERENCES editions,
    activated_at  timestamptz NOT NULL,
    activated_by  integer REFERENCES people,         -- null: from the shell
    followed_at   timestamptz CHECK (followed_at >= valid_from),  -- open cases have followed; null: not yet
    CONSTRAINT activations_begin_at_midnight CHECK (
        date_trunc('day', valid_from AT TIME ZONE 'Asia/Shanghai') = valid_from AT TIME ZONE 'Asia/Shanghai')
);

INSERT INTO activations (valid_from, edition_id, activated_at)
SELECT e.valid_from, e.id, e.activated_at FROM editions e WHERE e.state = 'active';

-- The past stays askable: what was activated is never edited, only that open cases have followed is added.  What they have
-- followed stays; what lies ahead may be taken back, by a function that is told the instant.
CREATE FUNCTION refuse_another_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.followed_at IS NOT NULL OR TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'followed_at' <> to_jsonb(NEW) - 'followed_at' THEN
        RAISE EXCEPTION 'an activation is never edited' USING ERRCODE = 'GW001';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER activations_are_dated BEFORE UPDATE OR DELETE ON activations FOR EACH ROW EXECUTE FUNCTION refuse_another_past();
CREATE TRIGGER activations_stay BEFORE TRUNCATE ON activations FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- The edition in force at an instant: that of the last activation.  None before the first.
CREATE OR REPLACE FUNCTION edition_at(p_at timestamptz) RETURNS editions
LANGUAGE plpgsql STABLE AS $$
DECLARE
    found editions;
BEGIN
    SELECT * INTO found FROM editions e WHERE e.id = (
        SELECT a.edition_id FROM activations a WHERE a.valid_from <= p_at ORDER BY a.valid_from DESC LIMIT 1);
    RETURN found;
END $$;

-- As before; a code that this edition does not know counts as it stood last.
CREATE OR REPLACE FUNCTION number_areas(p_edition integer) RETURNS void
LANGUAGE sql VOLATILE AS $$
    INSERT INTO units (edition_id, kind, n, key, households, area_m2)
    SELECT p_edition, b.level, row_number() OVER (PARTITION BY b.level ORDER BY b.code), b.code, b.households, b.area_m2
    FROM boundaries b WHERE b.edition_id = p_edition;

    INSERT INTO lineage (edition_id, kind, code, n)
    SELECT p_edition, u.kind, known.code, u.n
    FROM (
        SELECT DISTINCT ON (b.code) b.code, b.chain FROM boundaries b
        LEFT JOIN LATERAL (SELECT max(a.valid_from) AS last FROM activations a WHERE a.edition_id = b.edition_id) s ON true
        ORDER BY b.code, (b.edition_id = p_edition) DESC, s.last DESC NULLS LAST, b.edition_id DESC
    ) known
    CROSS JOIN LATERAL unnest(known.chain) above (code)
    JOIN units u ON u.edition_id = p_edition AND u.cell IS NULL AND u.key = above.code;
$$;

DROP INDEX editions_in_force;
ALTER TABLE editions DROP COLUMN valid_from, DROP COLUMN state, DROP COLUMN activated_at;

GRANT SELECT ON activations TO gridwarden_web, gridwarden_worker;
REVOKE EXECUTE ON FUNCTION refuse_another_past FROM PUBLIC;
