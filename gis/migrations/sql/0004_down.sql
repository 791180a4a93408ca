DROP FUNCTION told_at_spot, reports_at_spot, box_around, news_ahead, news;
