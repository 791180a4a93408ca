-- Absences: while a head is away he stays the head, and his stand-in or the desk acts.

CREATE TABLE absences (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    posting_id  integer NOT NULL REFERENCES postings,  -- of a head or a deputy
    during      tstzrange NOT NULL CHECK (NOT isempty(during) AND lower_inc(during) AND NOT lower_inf(during) AND NOT upper_inf(during)),
    stand_in    integer REFERENCES postings,         -- a deputy's posting for the same area; null: whoever else is deputy, else the desk
    reason      text NOT NULL CHECK (reason IN ('leave', 'sick', 'training', 'duty', 'other')),
    made_at     timestamptz NOT NULL,
    made_by     integer REFERENCES people,           -- null: on the server
    CHECK (stand_in <> posting_id),
    -- Also serves the absences of a posting.
    CONSTRAINT one_absence_at_a_time EXCLUDE USING gist (posting_id WITH =, during WITH &&)
);
-- Usage: who_answers(), whether somebody is away; a btree, because the hot path asks it for each report.
CREATE INDEX absences_by_posting ON absences (posting_id);

-- As before; whoever is away keeps his posting and does not act: his stand-in does, as long as he is posted and not away himself, else
-- the next one in the order.
CREATE OR REPLACE FUNCTION who_answers(
    p_chain text[], p_edition integer, p_at timestamptz, OUT head jsonb, OUT owner jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_staff boolean := actor_is_staff();
    v_code text;
    v_posted postings;
    v_away record;
BEGIN
    FOR up IN REVERSE cardinality(p_chain) .. 1 LOOP
        v_code := p_chain[up];
        FOR v_posted IN
            SELECT * FROM postings p
            WHERE p.area_code = v_code AND p.during @> p_at
              AND (p.role = 'desk' OR (p.role IN ('head', 'deputy') AND up = cardinality(p_chain)))
            ORDER BY array_position(ARRAY['head', 'deputy', 'desk'], p.role), p.id
        LOOP
            SELECT a.id, a.stand_in, upper(a.during) AS until INTO v_away FROM absences a WHERE a.posting_id = v_posted.id AND a.during @> p_at;
            IF v_posted.role = 'head' THEN
                head := jsonb_build_object(
                    'role', 'head',
                    'name', (SELECT w.name FROM people w WHERE w.id = v_posted.person_id
                             AND (v_staff OR name_is_public(v_posted))),
                    'name_public', v_posted.name_public, 'since', lower(v_posted.during), 'posting_id', v_posted.id,
                    'away_until', v_away.until);
            END IF;
            IF v_away.id IS NOT NULL THEN
                SELECT * INTO v_posted FROM postings p
                WHERE p.id = v_away.stand_in AND p.area_code = v_code AND p.during @> p_at
                  AND NOT EXISTS (SELECT FROM absences a WHERE a.posting_id = p.id AND a.during @> p_at);
                CONTINUE WHEN NOT FOUND;
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

-- To whom a rule points, as before; a head who is away is told apart from none.  `fallbacks` says what was not there: no_head (the deputy or
-- a desk instead), head_away (likewise),
-- about_official (a desk instead of a head), no_level (the case has no area of it), no_desk (the next one above instead),
-- no_department, nobody_posted (the topmost area has no desk).
CREATE OR REPLACE FUNCTION rule_target(p_target text, p_level text, p_department text, p_chain text[], p_about_official boolean, p_at timestamptz,
                            OUT target jsonb, OUT fallbacks text[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_place integer := cardinality(p_chain);
    v_head jsonb;
BEGIN
    fallbacks := '{}';
    IF p_target = 'head' AND NOT p_about_official THEN
        SELECT w.head, w.owner INTO v_head, target FROM who_answers(p_chain, (edition_at(p_at)).id, p_at) w;
        IF target ->> 'role' <> 'head' THEN
            fallbacks := fallbacks || CASE WHEN v_head IS NULL THEN 'no_head' ELSE 'head_away' END;
        END IF;
    ELSIF p_target = 'department' THEN
        SELECT jsonb_build_object('area_code', a.code, 'level', a.level, 'role', 'department', 'desk', p.desk, 'posting_id', p.id) INTO target
        FROM postings p JOIN areas a ON a.code = p.area_code
        WHERE p.area_code = ANY (p_chain) AND p.role = 'department' AND p.desk = p_department AND p.during @> p_at
        ORDER BY array_position(p_chain, p.area_code::text) DESC LIMIT 1;
        IF target IS NULL THEN
            fallbacks := fallbacks || 'no_department'::text;
        END IF;
    ELSIF p_target = 'head' THEN
        fallbacks := fallbacks || 'about_official'::text;
    ELSE
        SELECT max(c.n) INTO v_place FROM unnest(p_chain) WITH ORDINALITY c (code, n) JOIN areas a ON a.code = c.code WHERE a.level = p_level;
        IF v_place IS NULL THEN
            v_place := cardinality(p_chain);
            fallbacks := fallbacks || 'no_level'::text;
        END IF;
    END IF;
    IF target IS NULL THEN
        target := desk_over(p_chain[:v_place], p_at);
        IF p_target = 'desk' AND cardinality(fallbacks) = 0 AND target ->> 'area_code' <> p_chain[v_place] THEN
            fallbacks := fallbacks || 'no_desk'::text;
        END IF;
    END IF;
    IF target -> 'posting_id' = 'null' THEN
        fallbacks := fallbacks || 'nobody_posted'::text;
    END IF;
END $$;

GRANT SELECT (id, posting_id, during, stand_in) ON absences TO gridwarden_web;
