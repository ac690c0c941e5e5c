import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import ldap from "../../agent/dissectors/ldap.ts";
import { ber } from "./ber-build.ts";
import { bytes, canary, hex } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";
import { authenticate, challenge } from "./ntlm-messages.ts";

/** RFC 4511 4.1.1 */
const message = (operation: Buffer) => ber(0x30, ber(2, [7]), operation);
const bind = (proof: Buffer, name = "cn=a") => message(ber(0x60, ber(2, [3]), ber(4, name), proof));
const bound = (code: number, ...more: Buffer[]) =>
  message(ber(0x61, ber(0x0a, [code]), ber(4, ""), ber(4, ""), ...more));
const attribute = (name: string, value: Buffer | string) => ber(0x30, ber(4, name), ber(0x31, ber(4, value)));
const entry = (name: string, ...attributes: Buffer[]) => message(ber(0x64, ber(4, name), ber(0x30, ...attributes)));
const equal = (name: string, value: string) => ber(0xa3, ber(4, name), ber(4, value));
const search = (base: string, ...parts: Buffer[]) =>
  message(
    ber(
      0x63,
      ber(4, base),
      ber(0x0a, [0]),
      ber(0x0a, [0]),
      ber(2, [0]),
      ber(2, [0]),
      ber(1, [0]),
      ber(0xa0, ...parts),
      ber(0x30, ber(4, "NetLogon")),
    ),
  );

/** [MS-ADTS] 6.3.1.9: names compressed as in RFC 1035; the sixth is the user. */
const labels = (...parts: string[]) => bytes(...parts.flatMap((part) => [Buffer.from([part.length]), part]), [0]);
const netlogon = bytes(
  hex("17 00 00 00 fd 33 00 00"),
  Buffer.alloc(16, 0x77),
  labels("ward", "test"), // forest at 24
  hex("c0 18"), // domain: the same
  labels("dc1", "ward", "test"),
  labels("WARD"),
  labels("DC1"),
  labels(canary("user")),
  labels("Ward-Site"),
  labels("Other-Site"),
);

describe("entries of the directory", () => {
  const shown = (proof: Buffer, ...names: string[]) => {
    const flow = flowOf();
    read(ldap, bind(proof), flow);
    return names.flatMap((name) => read(ldap, entry(name), flow).evidence);
  };
  test("that anybody is shown are told of the server, once and without their names", () => {
    const told = shown(ber(0x80, ""), `cn=${canary("name")},dc=ward`, "cn=b,dc=ward");
    expect(told).toEqual([{ about: "sender", attribute: "wardtap.login.anonymous", value: "ldap-entry" }]);
  });

  test.each(["", "cn=Subschema", "cn=schema,cn=configuration"])("that everybody may see are nothing: %j", (name) => {
    expect(shown(ber(0x80, ""), name)).toEqual([]);
  });

  test("that are shown to somebody who logged in are nothing", () => {
    expect(shown(ber(0x80, "secret"), "cn=b,dc=ward")).toEqual([]);
  });
});

describe("a bind", () => {
  test("with a password in clear is told of server and client", () => {
    const { evidence } = read(ldap, bind(ber(0x80, "secret")));
    expect(evidence).toEqual([
      { about: "receiver", attribute: "wardtap.login", value: "ldap" },
      { about: "sender", attribute: "wardtap.login.sent", value: "ldap" },
    ]);
  });

  test("by PLAIN carries the password as it is", () => {
    const proof = ber(0xa3, ber(4, "PLAIN"), ber(4, `\0${canary("user")}\0${canary("password")}`));
    expect(values(read(ldap, bind(proof)).evidence, "wardtap.login")).toEqual(["ldap"]);
    expect(everything(ldap, bind(proof))).not.toContain("CANARY");
  });

  test("without a password is anonymous, not a login", () => {
    expect(read(ldap, bind(ber(0x80, ""))).evidence).toEqual([
      { about: "sender", attribute: "wardtap.login.anonymous", value: "ldap" },
    ]);
  });

  test("by SASL names its mechanism and the computer, not its user", () => {
    const ntlm = authenticate({ user: canary("user"), workstation: "PC-9", nt: 200, lm: 24 });
    const { evidence } = read(ldap, bind(ber(0xa3, ber(4, "GSS-SPNEGO"), ber(4, ntlm))));
    expect(values(evidence, "ldap.mechanism")).toEqual(["GSS-SPNEGO"]);
    expect(values(evidence, "ntlmssp.auth.hostname")).toEqual(["PC-9"]);
  });

  test("is answered by the server, whose challenge names it", () => {
    const answer = bound(14, ber(0x87, challenge({ computer: "DC1", domain: "WARD", dns: "dc1.ward.test" })));
    const { message: read1, evidence } = read(ldap, answer);
    expect(values(evidence, "ntlmssp.challenge.target_info.nb_computer_name")).toEqual(["DC1"]);
    expect(ldap.definition.server?.(read1!, flowOf())).toBe("sender");
    expect(ldap.definition.done?.(read1!, flowOf())).toBe(false);
  });
});

test("the root entry describes the server; of other entries nothing is read", () => {
  const dns = attribute("dnsHostName", "dc1.ward.test");
  expect(values(read(ldap, entry("", dns)).evidence, "ldap.root.dnshostname")).toEqual(["dc1.ward.test"]);
  expect(read(ldap, entry("cn=x", dns)).evidence).toEqual([]);
});

test("a netlogon answer makes its sender a domain controller, by name, domain and site", () => {
  const { evidence } = read(ldap, entry("", attribute("Netlogon", netlogon)));
  expect(values(evidence, "wardtap.role")).toEqual(["domain-controller"]);
  expect(values(evidence, "mscldap.hostname")).toEqual(["dc1.ward.test"]);
  expect(values(evidence, "mscldap.domain")).toEqual(["ward.test"]);
  expect(values(evidence, "mscldap.nb_hostname")).toEqual(["DC1"]);
  expect(values(evidence, "mscldap.sitename")).toEqual(["Ward-Site"]);
});

test("a client that pings its domain controller names itself", () => {
  const ping = search("", equal("DnsDomain", "ward.test."), equal("Host", "PC-9"), equal("NtVer", "\x16\0\0\0"));
  expect(read(ldap, ping).evidence).toEqual([{ about: "sender", attribute: "mscldap.request.host", value: "PC-9" }]);
});

test("asking for TLS ends the reading", () => {
  const { message: asked } = read(ldap, message(ber(0x77, ber(0x80, "1.3.6.1.4.1.1466.20037"))));
  expect(ldap.definition.done?.(asked!, flowOf())).toBe(true);
});

test("names, passwords, searches, entries and users never come out", () => {
  const secret = canary("secret");
  const told = [
    bind(ber(0x80, secret), `cn=${secret}`),
    bind(ber(0xa3, ber(4, "PLAIN"), ber(4, secret)), secret),
    bound(0, ber(4, secret)),
    search(`ou=${secret}`, equal("cn", secret), equal("NtVer", secret)),
    search("", equal("User", secret), equal("uid", secret), equal("NtVer", "x")),
    entry(`cn=${secret}`, attribute("mail", secret), attribute("dnsHostName", secret)),
    entry("", attribute("defaultNamingContext", secret), attribute("Netlogon", netlogon)),
    message(ber(0x77, ber(0x80, secret))),
  ].map((payload) => everything(ldap, payload));
  expect(told.join()).not.toContain("CANARY");
});

test("every shorter cut is malformed or not ours", () => {
  const whole = bind(ber(0x80, "secret"));
  for (let length = 2; length < whole.length; length++)
    expect(ldap.dissect(whole.subarray(0, length))).toHaveProperty("malformed");
});

test("SNMP is not LDAP", () => {
  expect(ldap.dissect(hex("30 0b 02 01 01 04 06 70 75 62 6c 69 63"))).toBeUndefined();
});

test("damaged messages give bounded evidence", () => {
  expectHostileProof(ldap, [
    bind(ber(0x80, "secret")),
    bind(ber(0xa3, ber(4, "GSS-SPNEGO"), ber(4, authenticate({ nt: 100, lm: 24 })))),
    bound(14, ber(0x87, challenge({ computer: "A", domain: "B", dns: "a.b" }))),
    entry("", attribute("dnsHostName", "dc1.ward.test"), attribute("Netlogon", netlogon)),
    search("", equal("Host", "PC-9"), equal("NtVer", "x")),
  ]);
});
