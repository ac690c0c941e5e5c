/** Which of the console's pages is shown: read from the address, so that each can be kept, sent on and loaded again. */
import { useEffect, useState } from "preact/hooks";

export type Place =
  | { page: "overview" }
  | { page: "device"; id: string }
  | { page: "findings"; query: URLSearchParams }
  | { page: "finding"; id: string }
  | { page: "advisories"; query: URLSearchParams }
  | { page: "advisory"; id: string };

const ONE = { devices: "device", findings: "finding", advisories: "advisory" } as const;

/** `path` lies below the console's root: "", "devices/reg-…", "findings". What is no page shows the overview. */
export function placeOf(path: string, query: URLSearchParams): Place {
  const [of, name, ...more] = path.split("/");
  if (more.length > 0 || of === undefined || !Object.hasOwn(ONE, of)) return { page: "overview" };
  const id = name === undefined ? "" : decode(name);
  if (id !== "") return { page: ONE[of as keyof typeof ONE], id };
  return of === "devices" ? { page: "overview" } : { page: of as "findings" | "advisories", query };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Where the console lies, told by the page as it came: it may lie below a path behind a proxy. */
export function consoleRoot(): URL {
  const told = document.querySelector<HTMLMetaElement>('meta[name="wardtap-root"]')?.content ?? "./";
  return new URL(told, document.baseURI);
}

/** Links to the console's pages, and to what it may be asked. */
let root: URL | undefined;
export function addressOf(path: string): string {
  // Read once: the document's own address moves with the reader.
  root ??= consoleRoot();
  return new URL(path, root).href;
}
export const deviceAddress = (registerId: string) => addressOf(`devices/${encodeURIComponent(registerId)}`);
export const findingAddress = (registerId: string) => addressOf(`findings/${encodeURIComponent(registerId)}`);
export const advisoryAddress = (id: string) => addressOf(`advisories/${encodeURIComponent(id)}`);

function readPlace(): Place {
  const { href } = new URL(location.pathname, location.origin);
  const below = href.startsWith(addressOf("")) ? href.slice(addressOf("").length) : "";
  return placeOf(below, new URLSearchParams(location.search));
}

/** Goes to another page of the console without loading it anew; `replace` leaves no step back. */
export function goTo(href: string, replace = false): void {
  if (replace) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
  dispatchEvent(new PopStateEvent("popstate"));
}

/** True for a plain click on a link to another of the console's pages. */
function leadsWithin(event: MouseEvent): string | undefined {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return undefined;
  const link = (event.target as Element | null)?.closest?.("a[href]");
  if (!(link instanceof HTMLAnchorElement) || link.target !== "" || link.hasAttribute("download")) return undefined;
  const to = new URL(link.href);
  const isPart = to.hash !== "" && to.pathname === location.pathname && to.search === location.search;
  return link.href.startsWith(addressOf("")) && !isPart ? link.href : undefined;
}

/** The place the reader is at, followed through links and the browser's own back and forward. */
export function usePlace(): Place {
  const [place, setPlace] = useState<Place>(readPlace);
  useEffect(() => {
    const read = () => setPlace(readPlace());
    const click = (event: MouseEvent) => {
      const href = leadsWithin(event);
      if (href === undefined) return;
      event.preventDefault();
      goTo(href);
      if (new URL(href).hash === "") scrollTo(0, 0);
    };
    addEventListener("popstate", read);
    document.addEventListener("click", click);
    return () => {
      removeEventListener("popstate", read);
      document.removeEventListener("click", click);
    };
  }, []);
  return place;
}
