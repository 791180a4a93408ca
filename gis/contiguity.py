"""Which areas touch: queen contiguity of polygons, as the matrix that the spatial statistics ask for.

Knows geometry alone.  Of H3 cells ``gis.cells.neighbours`` says it.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array

from gis.discovery import Adjacency


def queen(shapes: NDArray[np.object_]) -> Adjacency:
    """Answer which areas share an edge or a corner.

    Parameters
    ----------
    shapes : (n,) Polygon or MultiPolygon
        EPSG:4326, lon lat, of one level.  Areas that overlap touch as well; a gap between two parts them, however thin.

    Returns
    -------
    (n, n) sparse
        1 where two areas touch, symmetric, nothing on the diagonal.  An empty row is an island.

    Examples
    --------
    >>> row = np.array([shapely.box(x, 0, x + 1, 1) for x in (0, 1, 5)], dtype=object)
    >>> queen(row).toarray().astype(int).tolist()
    [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    """
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    apart = one != other
    links = coo_array((np.ones(int(apart.sum())), (one[apart], other[apart])), shape=(len(shapes), len(shapes)))
    return links.tocsr()
