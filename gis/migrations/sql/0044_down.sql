DROP FUNCTION causes_seen, raise_causes, received_by_area;
DROP TABLE common_causes;
