"""Why a file of boundaries or sites is not taken: every reason by a stable name, and in English what to do about it.

Owns the reasons and their words for the shell; the pages have theirs in the Fluent files, under the same names.
"""

from __future__ import annotations

from typing import ClassVar, Final

from gis.errors import GridwardenError

MAX_BYTES: Final = 50_000_000
"""Of a file, and of all that an archive unpacks to."""

MAX_FILES: Final = 20
MAX_RATIO: Final = 100
MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 200
MAX_CORNERS: Final = 5_000_000
MAX_RING_CORNERS: Final = 200_000

_SAYS: Final = {
    # The file.
    "not_found": "there is no such file.",
    "empty_file": "the file is empty; export it again.",
    "too_large": (
        "the file has more than {most_mb} MB; simplify the outlines or cut the file in parts, one level each."
    ),
    "unknown_format": (
        "this is none of GeoPackage, zipped shapefile, GeoJSON, GeoParquet and KML; export it as one of them."
    ),
    "lone_shapefile": "a .shp alone lacks names and datum; put .shp, .shx, .dbf and .prj into one zip.",
    "unreadable": "the file is damaged or not what it says it is ({said}); export it again.",
    "over_limits": (
        "reading it took more memory or time than a file of boundaries needs; simplify it or cut it in parts."
    ),
    # The archive.
    "zip_files": "the zip holds {count} files, at most {most} are taken; put only the boundaries into it.",
    "zip_size": "the zip unpacks to more than {most_mb} MB; simplify the outlines or cut the file in parts.",
    "zip_ratio": "{name} in the zip is packed more than {most} to 1, as no real boundaries are; pack it anew.",
    "zip_path": "the zip holds a file whose name leads out of its folder ({name}); pack it anew, without folders.",
    "zip_link": "{name} in the zip is a link to another place; pack the file itself.",
    "zip_nested": "{name} in the zip is an archive itself; unpack it first.",
    "zip_locked": "the zip is locked with a password; pack it anew without one.",
    "zip_nothing": (
        "the zip holds no boundaries: it needs .shp, .shx and .dbf of one name, or one GeoJSON, GeoPackage,"
        " GeoParquet or KML."
    ),
    "zip_several": "the zip holds several sets of boundaries ({names}); give each by itself.",
    "shp_incomplete": "the shapefile lacks its {missing}; all parts belong into the zip.",
    # The text in it.
    "xml_entities": "the KML declares entities or a document type, which no KML needs; export it again.",
    "encoding": "the text is neither UTF-8 nor GB18030 (GBK); name its encoding by --encoding.",
    "encoding_given": "the text is not encoded as {encoding}; leave --encoding out or name another.",
    "encoding_unknown": "there is no encoding called {encoding}; try utf-8, gb18030 or big5.",
    "encoding_cut": (
        "{count} texts end in the middle of a character (after {sample!r}): the field was too short for them; make it"
        " longer and export again."
    ),
    "encoding_mixed": (
        "most of the text is UTF-8, but not all of it ({sample}): it was cut off or damaged; export it again."
    ),
    "encoding_noted": (
        "the .cpg names {encoding}, and the text is not in it or need not be ({sample}); name its encoding by"
        " --encoding."
    ),
    "encoding_unsure": "the text may be UTF-8 or GBK ({sample}); name its encoding by --encoding.",
    # The layer.
    "layers": "the file has several layers ({names}); say which by --layer.",
    "no_layer": "there is no layer {name}; there are: {names}.",
    "no_rows": "the layer is empty.",
    "too_many_rows": "the layer has {count} rows, at most {most} are taken.",
    "too_many_columns": "the layer has {count} columns, at most {most} are taken; export only those that are needed.",
    "no_geometry": "the layer has no outlines; it is a table.",
    "native_geometry": "its outlines are stored as {encoding}, not as WKB; export it again with WKB.",
    # The outlines.
    "no_outline": "{count} rows have no outline, the first is row {row}; draw or delete them.",
    "not_areas": "{count} rows are not areas but {kind}, the first is row {row}; boundaries are polygons.",
    "broken_outline": (
        "the outline of row {row} cannot be read ({count} in all): curves, or rings that do not close;"
        " export straight lines."
    ),
    "too_many_corners": "the outlines have {count} corners, at most {most} are taken; simplify them.",
    "ring_too_long": "one ring of row {row} has {count} corners, at most {most} are taken; simplify it.",
    "not_finite": "row {row} has a corner that is not a number ({count} rows in all); draw it again.",
    "swapped": "these look like latitude first (row {row}: {x}, {y}); export them with longitude first.",
    "not_degrees": (
        "row {row} has corners at {x}, {y}: no degrees, though its CRS says so; name the right CRS in your"
        " GIS and export again."
    ),
    "antimeridian": (
        "the outline of row {row} spans {degrees} degrees: it crosses the antimeridian; cut it at 180 degrees."
    ),
    # What the columns mean.
    "no_column": "there is no column {name}; there are: {names}.",
    "ask_column": "which column holds the {what}? Name it by {option}; there are: {names}.",
    "no_code": "{count} rows have no code, the first is row {row}.",
    "bad_code": "{code} (row {row}) is no code: 1 to 32 of the letters A to Z, digits, dot, hyphen and underscore.",
    "no_name": "{count} areas have no name, the first is {code}.",
    "long_name": "the name of {code} is longer than {most} characters.",
    "bad_number": "{value} ({column} of {code}) is no number: a whole number, 0 or more.",
    "bad_flag": "{value} ({column} of {code}) is neither 0 nor 1.",
    "code_twice": "the code {code} stands there twice; each site has its own.",
    "no_kind": "{code} has no kind; fill it in, or give one for all by --kind.",
    "bad_day": "{value} of {code} is no day; write 2026-03-31.",
    "unclear_end": (
        "the column {name} does not say whether its day still counts; call it last_day or until (the day after), or"
        " name it by --last-day-field or --until-field."
    ),
    "two_ends": "{code} ends on {until} by one column, and its last day is {last_day} by another; keep one of them.",
    "ends_before": "{code} would end on {until}, but begins on {since}; it has to be there for a day at least.",
    "code_of_another": (
        "{code} is a site of the list {source}, and otherwise there: say --source {source} if this is the same list, or"
        " give it another code."
    ),
    "since_differs": (
        "{code} is recorded since {recorded}, and the file says {since}; what is recorded does not move: correct the"
        " file, or leave the day out."
    ),
    "unknown_levels": "the file has areas of the levels {names}; name all of them, the topmost first, by --levels.",
    "ask_levels": "the file does not say which level is above which; name them, the topmost first, by --levels.",
    "levels_both": "give --levels for a column of levels or --level for each file, not both.",
    "levels_for_files": (
        "there are {files} files and {levels} times --level; give one --level for each file, the topmost first."
    ),
    "levels_twice": "the level {name} is named twice.",
    "bad_level": "{name} is no level: a small letter, then small letters, digits and underscores.",
    "nothing_within": "no area of the file lies within {code}.",
    "unknown_within": "the boundaries in force have no area {code}.",
    "levels_differ": "the file's levels ({given}) are not those in force ({there}); with --within they have to be.",
    "cannot_load": (
        "{count} areas cannot be stored: codes that stand there twice, parents that are not there or not above them, or"
        " outlines of which nothing is an area ({codes}); see what the checks say, mend the file and bring it again."
    ),
    "name_taken": "there is an edition {name} already; choose another name.",
    "bad_name": "an edition's name has 1 to 64 characters.",
    "level_changed": (
        "{code} was an area of the level {before} and would be one of {after}; an area keeps its level, take"
        " another code."
    ),
    "kept_upload": "the file that was sent is no longer kept; choose it again.",
    "no_upload": "choose a file first.",
    "many_uploads": "at most {most} files at once.",
}
REASONS: Final = tuple(_SAYS)


class BoundaryFileError(GridwardenError):
    """A file of boundaries or sites that is not taken; ``params["reason"]`` is one of ``REASONS``.

    Parameters
    ----------
    reason : str
        A key of ``REASONS``.
    file : str, optional
        What the file is called.
    **params
        The values in its sentence.
    """

    code: ClassVar[str] = "boundary_file_refused"

    def __init__(self, reason: str, file: str = "", /, **params: object) -> None:
        said = _SAYS[reason].format(**params)
        super().__init__(f"{file}: {said}" if file else said, params={"reason": reason, **params})
        self.reason = reason
        self.values = params

    def of(self, file: str) -> BoundaryFileError:
        """Answer the same error of a file that is named."""
        return BoundaryFileError(self.reason, file, **self.values)
