DROP FUNCTION choose_password, offered_log_in, shut_out_mine, offer_my_log_in, shut_out, offer_log_in, gives_log_in;
DROP TABLE log_in_offers;
DROP FUNCTION absences_of, posting_history, posting_people_of, vacancies, be_back, be_away, change_my_postings, change_postings, posting_told,
    posting_followers, posting_write, posting_clashes, posting_kinds, posting_people, posting_places, looks_after, known_chain, day_begins, day_of;
DROP INDEX boundaries_by_code;
DROP TABLE posting_rows, staff_changes;
ALTER TABLE postings
    DROP CONSTRAINT one_head_at_a_time, DROP CONSTRAINT one_desk_at_a_time, DROP CONSTRAINT one_department_of_a_name;
ALTER TABLE postings
    ADD CONSTRAINT one_head_at_a_time EXCLUDE USING gist (area_code WITH =, during WITH &&) WHERE (role = 'head'),
    ADD CONSTRAINT one_desk_at_a_time EXCLUDE USING gist (area_code WITH =, during WITH &&) WHERE (role = 'desk'),
    ADD CONSTRAINT one_department_of_a_name EXCLUDE USING gist (area_code WITH =, desk WITH =, during WITH &&)
        WHERE (role = 'department');
ALTER TABLE people DROP COLUMN staff_number;

-- One step after the other: nearly always the first look-up finds a head, and no desk is asked for.
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

-- To whom a rule points, given a chain of areas.  `fallbacks` says what was not there: no_head (the deputy or a desk instead),
-- about_official (a desk instead of a head), no_level (the case has no area of it), no_desk (the next one above instead),
-- no_department, nobody_posted (the topmost area has no desk).
CREATE OR REPLACE FUNCTION rule_target(p_target text, p_level text, p_department text, p_chain text[], p_about_official boolean, p_at timestamptz,
                            OUT target jsonb, OUT fallbacks text[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_place integer := cardinality(p_chain);
BEGIN
    fallbacks := '{}';
    IF p_target = 'head' AND NOT p_about_official THEN
        target := (who_answers(p_chain, (edition_at(p_at)).id, p_at)).owner;
        IF target ->> 'role' <> 'head' THEN
            fallbacks := fallbacks || 'no_head'::text;
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

DROP TABLE absences;
