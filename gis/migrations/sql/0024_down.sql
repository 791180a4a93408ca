CREATE OR REPLACE FUNCTION area_name(p_code text, p_at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((SELECT b.name FROM boundaries b WHERE b.edition_id = (edition_at(p_at)).id AND b.code = p_code), p_code);
END $$;
DROP FUNCTION area_names;
