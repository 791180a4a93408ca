DROP TRIGGER photos_follow_their_report ON reports;
DROP FUNCTION moderation_queue, decide_photo, decide_words, verb_of_decision, moderating, handled, public_case, public_photo,
    reporter_photos, photo_add, actor_reads_words, photos_follow;
DROP TABLE releases, photos;
