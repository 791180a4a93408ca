// Reads raster tiles out of one PMTiles file (version 3) by range requests, for a base map that an operator has
// put on a disk or a server.  Specification: https://github.com/protomaps/PMTiles (spec/v3).

const HEADER = 127;
const archives = new Map();

async function range(address, offset, length) {
  const response = await fetch(address, { headers: { Range: `bytes=${offset}-${offset + length - 1}` } });
  if (response.status !== 206) {
    throw new Error(`${address}: answers no ranges`);
  }
  return new DataView(await response.arrayBuffer());
}

async function unpacked(view, compression) {
  if (compression === 1) {
    return new Uint8Array(view.buffer);
  }
  if (compression !== 2) {
    throw new Error("PMTiles: only gzip is read");
  }
  const stream = new Response(view.buffer).body.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function numbers(bytes) {
  let at = 0;
  return () => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) {
        return value;
      }
      scale *= 128;
    }
  };
}

/** A directory: runs of tiles, and pointers to further directories (run length 0). */
function directory(bytes) {
  const next = numbers(bytes);
  const entries = Array.from({ length: next() }, () => ({}));
  let id = 0;
  for (const entry of entries) {
    id += next();
    entry.id = id;
  }
  for (const entry of entries) {
    entry.run = next();
  }
  for (const entry of entries) {
    entry.length = next();
  }
  entries.forEach((entry, n) => {
    const offset = next();
    entry.offset = offset === 0 && n > 0 ? entries[n - 1].offset + entries[n - 1].length : offset - 1;
  });
  return entries;
}

function find(entries, id) {
  let found = null;
  for (const entry of entries) {
    if (entry.id > id) {
      break;
    }
    found = entry;
  }
  return found && (found.run === 0 || id < found.id + found.run) ? found : null;
}

/** The number of a tile along the Hilbert curves of all zooms. */
export function tileId(z, x, y) {
  let id = (4 ** z - 1) / 3;
  let [column, row] = [x, y];
  for (let side = 2 ** (z - 1); side >= 1; side /= 2) {
    const right = Math.floor(column / side) % 2;
    const low = Math.floor(row / side) % 2;
    id += side * side * ((3 * right) ^ low);
    column %= side;
    row %= side;
    if (low === 0) {
      if (right === 1) {
        column = side - 1 - column;
        row = side - 1 - row;
      }
      [column, row] = [row, column];
    }
  }
  return id;
}

async function open(address) {
  const view = await range(address, 0, HEADER);
  const number = (at) => Number(view.getBigUint64(at, true));
  if (view.getUint8(0) !== 0x50 || view.getUint8(7) !== 3) {
    throw new Error(`${address}: not a PMTiles file of version 3`);
  }
  const header = { leaves: number(40), tiles: number(56), inner: view.getUint8(97), type: view.getUint8(99) };
  if (header.type === 1) {
    throw new Error(`${address}: vector tiles; a base map needs pictures (PNG, JPEG, WebP)`);
  }
  const root = directory(await unpacked(await range(address, number(8), number(16)), header.inner));
  return { ...header, root };
}

/** MapLibre's protocol handler for pmtiles://ADDRESS/z/x/y. */
export async function readPmtiles({ url }) {
  const [, address, z, x, y] = url.match(/^pmtiles:\/\/(.+)\/(\d+)\/(\d+)\/(\d+)$/);
  if (!archives.has(address)) {
    archives.set(address, open(address));
  }
  const archive = await archives.get(address);
  const id = tileId(Number(z), Number(x), Number(y));
  let entry = find(archive.root, id);
  for (let depth = 0; entry && entry.run === 0 && depth < 3; depth += 1) {
    const leaf = await range(address, archive.leaves + entry.offset, entry.length);
    entry = find(directory(await unpacked(leaf, archive.inner)), id);
  }
  if (!entry) {
    return { data: new ArrayBuffer(0) };
  }
  return { data: (await range(address, archive.tiles + entry.offset, entry.length)).buffer };
}
