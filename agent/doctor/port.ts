/** Doctor on a mirror port: is it there, does it hear, and is it as silent as promised? */
import { readFileSync } from "node:fs";
import { checkInterface, readLinkUp, readTransmitted } from "../capture/interface.ts";
import { CaptureError } from "../capture/source.ts";
import { type Check, fail, ok, warn } from "./check.ts";
import { answerOf } from "./machine.ts";

const FLAG_NO_ARP = 0x80;
/** Merge frames before the tap sees them: they would be counted and read as fewer than there were. */
const MERGING = ["generic-receive-offload", "large-receive-offload"];

const PREPARE = "systemd/mirror-up silences a port; the install script and `wardtap run` call it.";

export function checkPort(port: string): Check[] {
  const about = `port ${port}`;
  try {
    checkInterface(port);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return [
      fail(
        about,
        error.message,
        "Name the port that the mirror cable is in: --interface, or interfaces under [capture].",
      ),
    ];
  }
  return [
    link(about, port),
    addresses(about, port),
    ipv6(about, port),
    arp(about, port),
    sent(about, port),
    merging(about, port),
  ];
}

function link(about: string, port: string): Check {
  if (readLinkUp(port) === true) return ok(about, "is up and has a link");
  return warn(about, "is up but has no link", "Push the mirror cable in until it clicks, at both ends.");
}

function addresses(about: string, port: string): Check {
  const answer = answerOf("ip", "-o", "address", "show", "dev", port);
  if (answer === null) return warn(about, "its addresses can't be read", "apt install iproute2, then ask again.");
  const found = answer.split("\n").flatMap((line) => /inet6? (\S+)/.exec(line)?.[1] ?? []);
  if (found.length === 0) return ok(about, "has no address");
  return fail(about, `has the address ${found.join(", ")}: it may answer what it hears`, PREPARE);
}

function ipv6(about: string, port: string): Check {
  const setting = read(`/proc/sys/net/ipv6/conf/${port}/disable_ipv6`);
  if (setting === null || setting === "1") return ok(about, "speaks no IPv6");
  return fail(about, "speaks IPv6: the system sends neighbour discovery by itself", PREPARE);
}

function arp(about: string, port: string): Check {
  const flags = Number(read(`/sys/class/net/${port}/flags`) ?? 0);
  if ((flags & FLAG_NO_ARP) !== 0) return ok(about, "answers no ARP");
  return fail(about, "may answer ARP", PREPARE);
}

function sent(about: string, port: string): Check {
  const frames = readTransmitted(port);
  if (frames === 0) return ok(about, "has sent no frame");
  if (frames === null) return warn(about, "its send counter can't be read", "Ask again when the port is there.");
  return warn(
    about,
    `has sent ${frames} frames since it was made, perhaps before it was silenced`,
    "Ask again in a minute: when the number has risen, unplug the mirror cable and report it.",
  );
}

function merging(about: string, port: string): Check {
  const answer = answerOf("ethtool", "-k", port);
  if (answer === null)
    return warn(about, "whether the card merges frames can't be told", "apt install ethtool, then ask again.");
  const on = MERGING.filter((feature) => new RegExp(`^${feature}: on`, "m").test(answer));
  if (on.length === 0) return ok(about, "hands on every frame as it came");
  return warn(
    about,
    `merges frames before they are captured (${on.join(", ")})`,
    `ethtool -K ${port} gro off lro off; ${PREPARE}`,
  );
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "latin1").trim();
  } catch {
    return null;
  }
}
