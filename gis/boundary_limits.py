"""What the process that opens a file of boundaries may use: how much, which drivers of GDAL, and no network.

Owns these lists alone, so that whoever starts the process needs no GDAL.
"""

from __future__ import annotations

from typing import Final

from gis.confined import Limits

# 47 MB of GeoJSON took 445 MB resident; libraries map as much again.
LIMITS: Final = Limits(memory_bytes=2 << 30, cpu_s=60, patience_s=90.0, file_bytes=64_000_000)
DRIVERS: Final = ("ESRI Shapefile", "GPKG", "GeoJSON", "LIBKML")
WKB: Final = "__wkb__"
"""The column of outlines in what the process answers."""

_OTHERS: Final = (
    "MEM", "PCIDSK", "PDS4", "VICAR", "PDF", "MBTiles", "EEDA", "OGCAPI", "GDALG", "MapInfo File", "LVBAG", "S57",
    "DGN", "OGR_VRT", "CSV", "GML", "GPX", "KML", "GeoJSONSeq", "ESRIJSON", "TopoJSON", "OGR_GMT", "SQLite", "WAsP",
    "OpenFileGDB", "DXF", "FlatGeobuf", "GeoRSS", "VFK", "PGDUMP", "OSM", "GPSBabel", "OGR_PDS", "WFS", "OAPIF",
    "EDIGEO", "Idrisi", "ODS", "XLSX", "Elasticsearch", "Carto", "AmigoCloud", "SXF", "Selafin", "JML", "PLSCENES",
    "CSW", "VDV", "MVT", "NGW", "MapML", "GTFS", "PMTiles", "JSONFG", "MiraMonVector", "ADBC", "AVCBin", "AVCE00",
    "AIVector", "HTTP",
)  # fmt: skip

ENVIRONMENT: Final = {
    # The process looks whether another one is left, and then reads nothing: a newer GDAL may bring more.
    "GDAL_SKIP": ",".join(_OTHERS),
    "GDAL_DRIVER_PATH": "disable",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "PROJ_NETWORK": "OFF",
    "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "0",
    "LIBKML_RESOLVE_STYLE": "NO",
}
"""Variables of the process, read when GDAL starts."""
