-- The circle of an accuracy as before, point for point.  In PL/pgSQL the unit circle is drawn once a session and only scaled
-- afterwards; drawn anew for every report it took a tenth of receive_report().
CREATE OR REPLACE FUNCTION accuracy_circle(p_point geometry, p_metres double precision) RETURNS geometry
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    unit CONSTANT geometry := ST_Buffer('POINT(0 0)'::geometry, 1, 16);
    lat double precision := radians(ST_Y(p_point));
BEGIN
    RETURN ST_SetSRID(ST_Translate(ST_Scale(
        unit,
        p_metres / (111319.4907932 * greatest(cos(lat), 1e-9) / sqrt(1 - 0.00669437999014132 * sin(lat) ^ 2)),
        p_metres / (111319.4907932 * (1 - 0.00669437999014132) / (1 - 0.00669437999014132 * sin(lat) ^ 2) ^ 1.5)),
        ST_X(p_point), ST_Y(p_point)), 4326);
END $$;
