"""Which language a request is answered in: ``?lang=``, then the cookie, then Accept-Language, then Chinese."""

from starlette.requests import HTTPConnection

from grids.language import LANGUAGES, Language, Words

COOKIE = "gridwarden_lang"
_ROOMS = ("grids", "api")


def language_of(request: HTTPConnection) -> Language:
    """Answer the language of a request."""
    for asked in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if asked in LANGUAGES:
            return asked
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.partition(";")[0].strip().lower().partition("-")[0]
        if tag in LANGUAGES:
            return tag
    return "zh"


def words_for(lang: Language) -> Words:
    """Answer the words of all rooms in a language."""
    return Words(lang, _ROOMS)
