DROP FUNCTION newest_settled, places_settled, reports_with_a_pin, places_of, place_seen, actor_sees, settle_places, settled_in, places_waiting, spots_of, place_farthest, place_radius;
DROP TABLE places, place_reports, place_queue, place_radii;
