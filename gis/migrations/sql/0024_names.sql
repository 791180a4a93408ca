-- What areas are called at an instant: as in the edition in force, and one that is no longer drawn as it was called last.
CREATE FUNCTION area_names(p_codes text[], p_at timestamptz) RETURNS TABLE (code text, name text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT DISTINCT ON (b.code) b.code::text, b.name
    FROM activations a JOIN boundaries b ON b.edition_id = a.edition_id AND b.code = ANY (p_codes)
    WHERE a.valid_from <= p_at
    ORDER BY b.code, a.valid_from DESC;
END $$;

-- As before, for one area; its code where no edition knew it.
CREATE OR REPLACE FUNCTION area_name(p_code text, p_at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((SELECT n.name FROM area_names(ARRAY[p_code], p_at) n), p_code);
END $$;

REVOKE EXECUTE ON FUNCTION area_names FROM PUBLIC;
GRANT EXECUTE ON FUNCTION area_names TO gridwarden_web;
