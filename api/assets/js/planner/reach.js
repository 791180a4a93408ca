// How far the tiles of a source reach, so that nobody asks for those where nothing lies.

// A cell belongs to the edition that its centre lies in: the largest reach this many degrees beyond.
const CELL_BEYOND = 0.13;

/** The bounds of a source, as a part of its description; of cells, or of what lies in cells, a little wider. */
export function reach(extent, ofCells) {
  if (!extent) {
    return {};
  }
  const beyond = ofCells ? CELL_BEYOND : 0;
  const [west, south, east, north] = extent;
  return { bounds: [west - beyond, south - beyond, east + beyond, north + beyond] };
}
