-- The match asks for the lowest level first and for nearly every point alone, so that level has an index of its own: in the
-- one of all levels each point lies in five areas an edition, and finding the right one took four times as long.

ALTER TABLE boundaries ADD COLUMN last_level boolean NOT NULL DEFAULT false;   -- is of the edition's last level
UPDATE boundaries b SET last_level = true FROM editions e
WHERE e.id = b.edition_id AND b.level = e.levels[cardinality(e.levels)];

CREATE FUNCTION mark_lowest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.last_level := NEW.level = (SELECT e.levels[cardinality(e.levels)] FROM editions e WHERE e.id = NEW.edition_id);
    RETURN NEW;
END $$;
CREATE TRIGGER boundaries_know_the_lowest BEFORE INSERT OR UPDATE OF level, edition_id ON boundaries
    FOR EACH ROW EXECUTE FUNCTION mark_lowest();

-- Usage: areas_over(), the areas of the lowest level that hold a point.
CREATE INDEX boundaries_lowest_by_place ON boundaries USING gist (geom, edition_id) WHERE last_level;

-- As before; the lowest level by its own index.
CREATE OR REPLACE FUNCTION areas_over(p_point geometry, p_edition integer, p_level text, p_overlay boolean) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF (SELECT e.levels[cardinality(e.levels)] = p_level FROM editions e WHERE e.id = p_edition) THEN
        RETURN ARRAY(
            SELECT b.code::text FROM boundaries b
            WHERE b.edition_id = p_edition AND b.last_level AND b.geom && p_point AND ST_Intersects(b.geom, p_point)
              AND (b.overlay OR NOT p_overlay)
            ORDER BY b.code COLLATE "C");
    END IF;
    RETURN ARRAY(
        SELECT b.code::text FROM boundaries b
        WHERE b.edition_id = p_edition AND b.level = p_level AND b.geom && p_point AND ST_Intersects(b.geom, p_point)
          AND (b.overlay OR NOT p_overlay)
        ORDER BY b.code COLLATE "C");
END $$;

-- As before, one step after the other: nearly always the first look-up finds a head, and no desk is asked for.
CREATE OR REPLACE FUNCTION who_answers(
    p_chain text[], p_edition integer, p_at timestamptz, OUT head jsonb, OUT owner jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_staff boolean := actor_is_staff();
    v_code text;
    v_posted postings;
BEGIN
    FOR up IN REVERSE cardinality(p_chain) .. 1 LOOP
        v_code := p_chain[up];
        FOR v_posted IN
            SELECT * FROM postings p
            WHERE p.area_code = v_code AND p.during @> p_at
              AND (p.role = 'desk' OR (p.role IN ('head', 'deputy') AND up = cardinality(p_chain)))
            ORDER BY array_position(ARRAY['head', 'deputy', 'desk'], p.role), p.id
        LOOP
            IF v_posted.role = 'head' THEN
                head := jsonb_build_object(
                    'role', 'head',
                    'name', (SELECT w.name FROM people w WHERE w.id = v_posted.person_id
                             AND (v_staff OR name_is_public(v_posted))),
                    'name_public', v_posted.name_public, 'since', lower(v_posted.during), 'posting_id', v_posted.id);
            END IF;
            owner := coalesce(owner, (
                SELECT jsonb_build_object('area_code', v_code, 'level', b.level, 'role', v_posted.role,
                                          'desk', v_posted.desk, 'posting_id', v_posted.id)
                FROM boundaries b WHERE b.edition_id = p_edition AND b.code = v_code));
        END LOOP;
        EXIT WHEN owner IS NOT NULL;
    END LOOP;
    IF owner IS NULL THEN
        SELECT jsonb_build_object('area_code', b.code, 'level', b.level, 'role', 'desk', 'desk', NULL, 'posting_id', NULL)
        INTO owner FROM boundaries b WHERE b.edition_id = p_edition AND b.code = p_chain[1];
    END IF;
END $$;
