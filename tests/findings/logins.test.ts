/** Rules about logins, SSH and certificates: what raises them, how gravely, and what doesn't. */
import { describe, expect, test } from "vitest";
import { device, judge, NOW, ofRule, piece } from "./given.ts";

const one = (rule: string, ...evidence: ReturnType<typeof piece>[]) => ofRule(rule, device({ evidence }))[0];

describe("default-login", () => {
  test("is confirmed by a login that a server accepted, and says only by what protocol", () => {
    const finding = one("default-login", piece("wardtap.login.default", "telnet"));
    expect(finding).toMatchObject({
      severity: "high",
      certainty: "confirmed",
      why: "A login that the maker documents was accepted by telnet.",
    });
  });

  test("tells a community and a login apart", () => {
    const finding = one(
      "default-login",
      piece("wardtap.snmp.community", "default"),
      piece("wardtap.login.default", "ftp"),
    );
    expect(finding?.why).toBe(
      "It answers SNMP to a community that every manual names. A login that the maker documents was accepted by ftp.",
    );
  });

  test("is not raised by any login in clear", () => {
    expect(one("default-login", piece("wardtap.login", "ftp"), piece("wardtap.snmp.community", "other"))).toBe(
      undefined,
    );
  });
});

describe("ssh-obsolete", () => {
  const weak = (...names: string[]) => one("ssh-obsolete", ...names.map((name) => piece("wardtap.ssh.weak", name)));

  test("by an algorithm that is broken is medium", () => {
    expect(weak("diffie-hellman-group1-sha1", "ssh-rsa")).toMatchObject({
      severity: "medium",
      why: "SSH there comes to be protected by diffie-hellman-group1-sha1, ssh-rsa.",
    });
  });

  test("by one that is only poor is low", () => expect(weak("hmac-md5", "ssh-rsa")?.severity).toBe("low"));

  test("of a server outside is told only where it is bad", () => {
    const stranger = (name: string) =>
      judge({
        devices: [device()],
        strangers: [{ ip: "198.51.100.7", evidence: [piece("wardtap.ssh.weak", name)] }],
      }).map(({ rule }) => rule);
    expect(stranger("ssh-rsa")).toEqual([]);
    expect(stranger("arcfour")).toEqual(["ssh-obsolete"]);
  });

  test("by version 1 is medium, and by a server that has it for old clients nothing", () => {
    expect(one("ssh-obsolete", piece("ssh.version", "1.5"))?.severity).toBe("medium");
    expect(one("ssh-obsolete", piece("ssh.version", "1.99"))).toBe(undefined);
  });
});

describe("weak-authentication", () => {
  test.each(["v1", "lm"])("is raised by a plain SMB 1 login with %s", (response) => {
    expect(one("weak-authentication", piece("smb.setup.response", response))?.severity).toBe("medium");
  });

  test("is not raised by NTLM version 2", () => {
    expect(one("weak-authentication", piece("smb.setup.response", "v2"))).toBe(undefined);
  });
});

describe("tls-certificate", () => {
  const DAY = 86_400_000_000;
  const iso = (micros: number) => new Date(micros / 1000).toISOString();
  const ended = device({ evidence: [piece("x509.not_after", iso(NOW + DAY))] });
  const of = (at?: number) =>
    judge({ devices: [ended], now: at ?? NOW, ...(at === undefined ? {} : { at }) }).filter(
      ({ rule }) => rule === "tls-certificate",
    );

  test("that was valid when it was last seen is none, whatever the time is now", () => {
    expect(judge({ devices: [ended], now: NOW + 400 * DAY }).map(({ rule }) => rule)).not.toContain("tls-certificate");
  });

  test("is judged as of another moment when asked to be", () => {
    expect(of(NOW)).toEqual([]);
    expect(of(NOW + 2 * DAY)[0]?.why).toContain("out of date since");
  });

  test("by a clock that can't be right is not judged", () => expect(of(1)).toEqual([]));
});
