// Opens a map: fetches MapLibre only now, takes the style of the theme in use, sets up the controls.
// Knows nothing of reports or cases.

function link(address) {
  if (!document.querySelector(`link[href="${address}"]`)) {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = address;
    document.head.append(sheet);
  }
}

function theme() {
  return getComputedStyle(document.documentElement).colorScheme.includes("dark") ? "dark" : "light";
}

/** A colour of the page as its style sheet names it, for what is drawn on the map: colour("--ink"). */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** When the page is usable and idle; at once where the reader already reached for the map. */
export function whenIdle() {
  return new Promise((resolve) => {
    const idle = () => ("requestIdleCallback" in window ? requestIdleCallback(resolve, { timeout: 1500 }) : setTimeout(resolve, 200));
    if (document.readyState === "complete") {
      idle();
    } else {
      addEventListener("load", idle, { once: true });
    }
  });
}

/**
 * Open a map in an element with the class "map".  `settings` is what the server said about maps;
 * `view` is {bounds} or {center, zoom}.  Answers {map, maplibre} once the style is there.
 */
export async function openMap(element, settings, view) {
  const wait = element.querySelector(".map-wait");
  try {
    link(settings.sheet);
    const maplibre = await import(settings.maplibre);
    maplibre.setWorkerUrl(new URL(settings.worker, location.href).href);
    if (settings.pmtiles) {
      const { readPmtiles } = await import("./pmtiles.js");
      maplibre.addProtocol("pmtiles", readPmtiles);
    }
    const canvas = document.createElement("div");
    canvas.className = "map-canvas";
    element.prepend(canvas);
    const map = new maplibre.Map({
      container: canvas,
      style: settings.style.replace("THEME", theme()),
      locale: settings.locale,
      localIdeographFontFamily: '"PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif',
      attributionControl: { compact: true },
      fitBoundsOptions: { padding: 24 },
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      maxZoom: 19,
      fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      ...view,
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new maplibre.ScaleControl({ maxWidth: 90, unit: "metric" }), "bottom-left");
    followTheme(map, settings.style);
    await new Promise((resolve, reject) => {
      map.once("style.load", resolve);
      map.once("error", (event) => (map.isStyleLoaded() ? undefined : reject(event.error)));
    });
    wait?.remove();
    element.dataset.ready = "yes";
    // How many names stand on the map, once it is drawn.
    map.on("idle", () => {
      const names = map.getStyle().layers.filter((layer) => layer.id.startsWith("name-")).map((layer) => layer.id);
      element.dataset.drawn = String(map.queryRenderedFeatures({ layers: names }).length);
    });
    return { map, maplibre };
  } catch (error) {
    if (wait) {
      wait.firstElementChild.textContent = settings.failed;
    }
    throw error;
  }
}

function followTheme(map, style) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    map.setStyle(style.replace("THEME", theme()), { diff: false });
  });
}

/** Put something on the map now, and again whenever another style replaced it. */
export function onStyle(map, draw) {
  draw();
  map.on("style.load", draw);
}
