/** Syslog: which host and which programs write logs; never what they write. RFC 5424 6, RFC 3164 4.1. */
import { defineDissector, type Evidence } from "./dissector.ts";
import { keepName } from "./self-given.ts";

/** Only the head is read: everything wanted stands there. */
const MAX_HEAD = 256;
/** Messages read of one flow; a sender's host and programs are known by then. */
const MAX_MESSAGES = 64;
const MAX_PRIORITY = 191;

const HOST = "([\\w.:-]{1,128})";
const ISO = "\\d{4}-\\d\\d-\\d\\dT[\\d:.]{8,15}(?:Z|[+-]\\d\\d:\\d\\d)";
const PROGRAM = "(/?[A-Za-z][\\w./-]{0,47})";
/** <PRI>1 TIMESTAMP HOST APP-NAME ... */
const NEW = new RegExp(`^1 (?:-|${ISO}) ${HOST} (?:-|${PROGRAM}) `);
/** <PRI>Mmm dd hh:mm:ss HOST TAG: or TAG[PID]: ..., or with a time after ISO 8601, as rsyslog forwards. */
const OLD = new RegExp(
  `^(?:[A-Z][a-z]{2} [ \\d]\\d (?:\\d{4} )?\\d\\d:\\d\\d:\\d\\d|${ISO}) ${HOST} ${PROGRAM}(\\[\\d{1,10}\\])?:`,
);
/**
 * Some senders leave the host out and begin with free text, so that any word may stand before a colon.
 * In the old form a program is believed with its process number, or when it is one of these.
 */
const KNOWN_PROGRAMS =
  /^(?:kernel|init|systemd(?:-[a-z]+)?|rsyslogd|syslogd|syslog-ng|cron|crond|sudo|su|login|sshd|dropbear|telnetd|ftpd|vsftpd|smbd|nmbd|winbindd|named|dhcpd|dhclient|dnsmasq(?:-[a-z]+)?|ntpd|chronyd|snmpd|httpd|nginx|cupsd|lpd|avahi-daemon|NetworkManager|dbus-daemon|auditd|hostapd|wpa_supplicant|pppd|openvpn|asterisk|logger)$/;
/** Cisco's marks: facility, severity, mnemonic ("%SYS-5-CONFIG_I:"). Cisco, "System message formats". */
const CISCO = /%([A-Z][A-Z0-9_]{1,31})-(?:[A-Z0-9_]{1,31}-)?[0-7]-[A-Z0-9_]{2,48}:/;

interface SyslogMessage {
  said: [attribute: string, value: string][];
}

export default defineDissector<SyslogMessage>({
  protocol: "syslog",
  over: ["udp"],
  // "<" and one to three digits; the closing bracket decides.
  recognise: [
    { at: 0, bytes: "3c ?? 3e" },
    { at: 0, bytes: "3c ?? ?? 3e" },
    { at: 0, bytes: "3c ?? ?? ?? 3e" },
  ],
  dissect(payload, flow): SyslogMessage | undefined {
    const head = payload.toString("latin1", 0, Math.min(payload.length, MAX_HEAD));
    const priority = /^<(\d{1,3})>/.exec(head);
    if (priority === null || Number(priority[1]) > MAX_PRIORITY || payload.length === priority[0].length)
      return undefined;
    flow.state = (typeof flow.state === "number" ? flow.state : 0) + 1;
    const message: SyslogMessage = { said: [] };
    describe(head.slice(priority[0].length), message.said);
    return message;
  },
  evidence({ said }) {
    const found: Evidence[] = said.map(([attribute, value]) => ({ about: "sender", attribute, value }));
    found.push({ about: "sender", attribute: "wardtap.syslog", value: "sender" });
    return found;
  },
  server: () => "receiver",
  done: (_, { state }) => typeof state === "number" && state >= MAX_MESSAGES,
});

function describe(head: string, said: SyslogMessage["said"]): void {
  const cisco = CISCO.exec(head);
  if (cisco !== null) said.push(["syslog.cisco", cisco[1]!]);
  const match = NEW.exec(head) ?? OLD.exec(head);
  if (match === null) return;
  // A path tells where a program lies, its last part which one it is.
  const program = match[2]?.slice(match[2].lastIndexOf("/") + 1);
  const isNew = head.startsWith("1 ");
  if (!isNew && match[3] === undefined && !KNOWN_PROGRAMS.test(program ?? "")) return;
  const host = keepName(match[1]!);
  if (host !== undefined && host !== "-") said.push(["syslog.hostname", host]);
  const name = program === undefined ? undefined : keepName(program);
  if (name !== undefined) said.push(["syslog.appname", name]);
}
