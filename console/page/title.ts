/** The window's title: what this page is of stands first, so that tabs, bookmarks and history can be told apart. */
import { nameOf } from "./device-name.ts";
import type { Place } from "./route.ts";
import type { PageState } from "./state.ts";
import { readable } from "./text.ts";

const MAX_NAME = 60;

/** Empty for the overview, whose title is the sum alone. Plain text: device-given names are made readable. */
export function titleOf(place: Place, { devices, findings }: Pick<PageState, "devices" | "findings">): string {
  switch (place.page) {
    case "overview":
      return "";
    case "device": {
      const device = devices.get(place.id);
      return readable(device === undefined ? "Device" : nameOf(device), MAX_NAME);
    }
    case "findings":
      return "Findings";
    case "finding": {
      const finding = [...findings.values()].find(({ registerId }) => registerId === place.id);
      return readable(finding?.title ?? "Finding", MAX_NAME);
    }
    case "advisories":
      return "Advisories";
    case "advisory":
      return readable(place.id, MAX_NAME);
  }
}
