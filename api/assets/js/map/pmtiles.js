// Lets MapLibre read a base map out of one PMTiles file, which an operator has put on a disk or a server.
import { Protocol } from "pmtiles";

/** What MapLibre asks for `pmtiles://` addresses. */
export const readPmtiles = new Protocol().tile;
