DROP FUNCTION place_marks;
