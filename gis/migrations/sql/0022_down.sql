CREATE OR REPLACE FUNCTION accuracy_circle(p_point geometry, p_metres double precision) RETURNS geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ST_SetSRID(ST_Translate(ST_Scale(
        ST_Buffer('POINT(0 0)'::geometry, 1, 16),
        p_metres / (111319.4907932 * greatest(cos(radians(ST_Y(p_point))), 1e-9)
                    / sqrt(1 - 0.00669437999014132 * sin(radians(ST_Y(p_point))) ^ 2)),
        p_metres / (111319.4907932 * (1 - 0.00669437999014132)
                    / (1 - 0.00669437999014132 * sin(radians(ST_Y(p_point))) ^ 2) ^ 1.5)),
        ST_X(p_point), ST_Y(p_point)), 4326)
$$;
