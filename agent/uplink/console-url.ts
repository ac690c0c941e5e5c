/** Which console a tap may connect to: until pairing and TLS exist, only one on the same machine. */

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** What is wrong with the configured address, in a sentence for people; undefined when it may be used. */
export function consoleUrlProblem(url: string): string | undefined {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return "The console's address is no URL. Write it like ws://127.0.0.1:8080/uplink";
  }
  if (parsed.protocol !== "ws:") {
    return `The console's address must begin with ws:// (it begins with ${parsed.protocol}//): encrypted connections come with pairing.`;
  }
  if (!LOOPBACK.test(parsed.hostname)) {
    return `The console must be on this machine (127.0.0.1, [::1] or localhost) until pairing and TLS exist; ${parsed.hostname.slice(0, 100)} is refused.`;
  }
  if (parsed.username || parsed.password || parsed.hash) {
    return "The console's address must hold no user name, password or #.";
  }
  return undefined;
}
