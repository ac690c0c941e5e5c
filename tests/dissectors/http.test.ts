import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import http from "../../agent/dissectors/http.ts";
import http2 from "../../agent/dissectors/http2.ts";
import { ascii, bytes, canary, hex, u16, u32 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";
import { authenticate, challenge } from "./ntlm-messages.ts";

const message = (...lines: string[]) => ascii(`${lines.join("\r\n")}\r\n\r\n`);
const request = message(
  `GET /patients/${canary("path")}?name=${canary("query")} HTTP/1.1`,
  "Host: PACS.ward.example:8080",
  "User-Agent: Mozilla/5.0 (Windows NT 6.1; WOW64) Gecko/20100101",
  `Cookie: session=${canary("cookie")}`,
  `Referer: http://x/${canary("referer")}`,
);
const answer = message("HTTP/1.1 200 OK", "Server: Microsoft-IIS/7.5", `Set-Cookie: ${canary("setcookie")}`);
const withBody = (type: string, body: Buffer | string, start = "POST /login HTTP/1.1", ...more: string[]) =>
  bytes(message(start, `Content-Type: ${type}`, `Content-Length: ${body.length}`, ...more), body);
const said = (payload: Buffer, flow = flowOf()) =>
  read(http, payload, flow).evidence.map(({ about, attribute, value }) => [about, attribute, value]);

describe("a request", () => {
  test("tells whom it asks and what program asks", () => {
    expect(said(request)).toEqual([
      ["sender", "http.host", "pacs.ward.example"],
      ["sender", "http.user_agent", "Mozilla/5.0 (Windows NT 6.1; WOW64) Gecko/20100101"],
    ]);
  });

  test("goes to the server", () => expect(http.definition.server?.(http.dissect(request)!, flowOf())).toBe("receiver"));

  test.each(["10.0.0.7", "10.0.0.7:80", "[fe80::1]", "bad_*name", "a b"])("to %s names no host", (host) => {
    expect(values(read(http, message("GET / HTTP/1.1", `Host: ${host}`)).evidence, "http.host")).toEqual([]);
  });

  test("handed on by a proxy says nothing of the proxy's own program", () => {
    expect(said(message("GET / HTTP/1.1", "User-Agent: Nokia", "Via: 1.1 proxy"))).toEqual([
      ["sender", "http.via", "request"],
    ]);
  });

  test("with Basic sends a password in clear, and never says which", () => {
    const basic = message("GET / HTTP/1.1", `Authorization: Basic ${canary("secret")}`);
    expect(said(basic)).toEqual([
      ["sender", "http.authorization.scheme", "Basic"],
      ["receiver", "wardtap.login", "http"],
      ["sender", "wardtap.login.sent", "http"],
    ]);
    expect(everything(http, basic)).not.toContain("CANARY");
  });

  test("with a scheme nobody registered doesn't tell it: it may be the secret itself", () => {
    expect(everything(http, message("GET / HTTP/1.1", `Authorization: ${canary("token")}`))).not.toContain("CANARY");
  });

  test("with Digest sends no password", () => {
    expect(
      values(read(http, message("GET / HTTP/1.1", "Authorization: Digest username=x")).evidence, "wardtap.login"),
    ).toEqual([]);
  });
});

describe("a proof other than Basic", () => {
  const authorization = (scheme: string, proof: Buffer) =>
    message("GET / HTTP/1.1", `Authorization: ${scheme} ${proof.toString("base64")}`);

  test("by NTLM names the client's computer and how it answered, and neither user nor response", () => {
    const proof = authenticate({ user: canary("user"), domain: canary("domain"), nt: 24, lm: 24 });
    for (const scheme of ["NTLM", "Negotiate"]) {
      const request = authorization(scheme, proof);
      const { evidence } = read(http, request);
      expect(values(evidence, "ntlmssp.auth.hostname")).toEqual(["PC-1"]);
      expect(values(evidence, "ntlmssp.auth.response")).toEqual(["v1"]);
      expect(values(evidence, "wardtap.login")).toEqual([]);
      expect(everything(http, request)).not.toContain("CANARY");
    }
  });

  test("asked for by NTLM names the server's computer", () => {
    const asked = challenge({ computer: "WEB-7", domain: "WARD", dns: "web-7.ward.example" }).toString("base64");
    const { evidence } = read(http, message("HTTP/1.1 401 No", `WWW-Authenticate: NTLM ${asked}`));
    expect(values(evidence, "ntlmssp.challenge.target_info.nb_computer_name")).toEqual(["WEB-7"]);
  });

  test("by a ticket or by bytes that are none says nothing of NTLM", () => {
    const { evidence } = read(http, authorization("Negotiate", Buffer.alloc(900, 0x61)));
    expect(evidence.map(({ attribute }) => attribute)).toEqual(["http.authorization.scheme"]);
  });

  test("by a token in clear is told, the token is not", () => {
    const request = message("GET / HTTP/1.1", `Authorization: Bearer ${canary("token")}`);
    expect(values(read(http, request).evidence, "wardtap.login.token")).toEqual(["http"]);
    expect(everything(http, request)).not.toContain("CANARY");
  });
});

describe("a form", () => {
  const form = "application/x-www-form-urlencoded";
  test.each(["user=a&password=b", "passwd=b", "j_Password=b", "x=1&userPwd=b&y=2"])("%s is a login", (body) => {
    expect(values(read(http, withBody(form, body)).evidence, "wardtap.login")).toEqual(["http"]);
  });

  test.each([
    "user=a&password=",
    "q=password",
    "pass=1",
    "forgotpassword=1",
    "user=a&showPassword=true",
    "password_expires=2027-01-01",
    "user=a&pass=0",
  ])("%s is none", (body) => {
    expect(values(read(http, withBody(form, body)).evidence, "wardtap.login")).toEqual([]);
  });

  test.each([
    ['{"user":"a","password":"b"}', ["http"]],
    ['{"newPwd" : "b"}', ["http"]],
    ['{"password":""}', []],
    ['{"password":null}', []],
    ['{"value":"password"}', []],
    ['{"passwordExpiry":"2027-01-01","passwordHint":"dog"}', []],
    ['{"rememberPassword":"yes"}', []],
    ['{"newPassword":"trueblue"}', ["http"]],
  ])("in JSON as %s tells %j", (body, expected) => {
    expect(values(read(http, withBody("application/json", body)).evidence, "wardtap.login")).toEqual(expected);
  });

  test("in JSON is read of requests alone", () => {
    const reply = withBody("application/json", '{"password":"b"}', "HTTP/1.1 200 OK");
    expect(values(read(http, reply).evidence, "wardtap.login")).toEqual([]);
    expect(http.definition.messageLength?.(reply, flowOf())).toBe(reply.length - 16);
  });

  test.each([
    ["/login?user=a&password=b", ["http"]],
    ["/login?login=a&pass=b", ["http"]],
    ["/password?reset=1", []],
    ["/?bypass=1&user=a", []],
    ["/?password=", []],
  ])("sent by GET as %s tells %j", (path, expected) => {
    expect(values(read(http, message(`GET ${path} HTTP/1.1`)).evidence, "wardtap.login")).toEqual(expected);
  });

  test("is never told", () => {
    const body = `user=${canary("user")}&password=${canary("password")}`;
    expect(everything(http, withBody(form, body))).not.toContain("CANARY");
    const json = JSON.stringify({ user: canary("user"), password: canary("password") });
    expect(everything(http, withBody("application/json", json))).not.toContain("CANARY");
  });
});

describe("an answer", () => {
  test("tells the server's program", () =>
    expect(said(answer)).toEqual([["sender", "http.server", "Microsoft-IIS/7.5"]]));

  test("asking for a login tells how, and of what", () => {
    expect(said(message("HTTP/1.0 401 Unauthorized", 'WWW-Authenticate: Basic realm="HP LaserJet"'))).toEqual([
      ["sender", "http.www_authenticate.scheme", "Basic"],
      ["sender", "http.www_authenticate.realm", "HP LaserJet"],
    ]);
  });

  test("through a proxy says nothing of the proxy's own program", () => {
    const flow = flowOf({ transport: "tcp" });
    expect(said(message("GET http://elsewhere/ HTTP/1.1"), flow)).toEqual([["receiver", "http.role", "proxy"]]);
    expect(said(answer, flow)).toEqual([]);
  });
});

describe("a printer's answer", () => {
  const attribute = (tag: number, name: string, value: string) =>
    bytes([tag], u16(name.length), name, u16(value.length), value);
  const ipp = bytes(
    hex("01 01 00 00 00 00 00 01"),
    [1],
    attribute(0x47, "attributes-charset", "utf-8"),
    [4],
    attribute(0x41, "printer-make-and-model", "HP Color LaserJet M553"),
    attribute(0x41, "printer-location", canary("location")),
    [2],
    attribute(0x42, "job-originating-user-name", canary("user")),
    [3],
  );
  test("tells make and model, and no user or place", () => {
    const payload = withBody("application/ipp", ipp, "HTTP/1.1 200 OK", "Server: HP-ChaiSOE/1.0");
    expect(said(payload).slice(1)).toEqual([
      ["sender", "ipp.role", "printer"],
      ["sender", "ipp.printer_make_and_model", "HP Color LaserJet M553"],
    ]);
    expect(everything(http, payload)).not.toContain("CANARY");
  });

  test("in chunks is put together", () => {
    const chunks = bytes(
      `5\r\n`,
      ipp.subarray(0, 5),
      `\r\n${(ipp.length - 5).toString(16)}\r\n`,
      ipp.subarray(5),
      "\r\n0\r\n\r\n",
    );
    const payload = bytes(
      message("HTTP/1.1 200 OK", "Content-Type: application/ipp", "Transfer-Encoding: chunked"),
      chunks,
    );
    expect(http.definition.messageLength?.(payload, flowOf())).toBe(payload.length);
    expect(values(read(http, payload).evidence, "ipp.printer_make_and_model")).toEqual(["HP Color LaserJet M553"]);
  });

  test("of a print server tells of no printer here", () => {
    const payload = withBody("application/ipp", ipp, "HTTP/1.1 200 OK", "Server: CUPS/2.4 IPP/2.1");
    expect(values(read(http, payload).evidence, "ipp.role")).toEqual([]);
  });
});

describe("a FHIR device", () => {
  const device = {
    resourceType: "Device",
    udiCarrier: [{ deviceIdentifier: "00844588003288" }],
    serialNumber: "AMID-342135-8464",
    manufacturer: "Acme Devices",
    modelNumber: "AB 45-J",
    deviceName: [{ name: "Bed pump", type: "user-friendly-name" }],
    version: [{ value: "3.1" }],
    type: { coding: [{ display: "Infusion pump" }], text: canary("text") },
    patient: { reference: `Patient/${canary("patient")}` },
    note: [{ text: canary("note") }],
    url: canary("url"),
  };
  const fhir = (body: unknown) =>
    withBody("application/fhir+json; charset=utf-8", JSON.stringify(body), "HTTP/1.1 200 OK");

  test("is equipment that the sender speaks for", () => {
    const about = { reported: "00844588003288 AMID-342135-8464" };
    expect(said(fhir(device))).toEqual(
      [
        ["udi", "00844588003288"],
        ["serial_number", "AMID-342135-8464"],
        ["manufacturer", "Acme Devices"],
        ["model_number", "AB 45-J"],
        ["name", "Bed pump"],
        ["type", "Infusion pump"],
        ["version", "3.1"],
      ].map(([name, value]) => [about, `fhir.device.${name}`, value]),
    );
  });

  test("in a bundle beside a patient is all that is read", () => {
    const bundle = {
      resourceType: "Bundle",
      entry: [
        { resource: { resourceType: "Patient", serialNumber: canary("p"), name: [{ family: canary("name") }] } },
        { resource: device },
        { resource: { ...device, serialNumber: undefined } },
      ],
    };
    expect(said(fhir(bundle)).length).toBe(7);
    expect(everything(http, fhir(bundle))).not.toContain("CANARY");
  });

  test("that is no JSON is nothing", () =>
    expect(said(withBody("application/fhir+json", "{]", "HTTP/1.1 200 OK"))).toEqual([]));
});

describe("lengths", () => {
  const length = (payload: Buffer) => http.definition.messageLength?.(payload, flowOf());
  test("are of the head alone where a body is not looked at", () => {
    expect(length(withBody("text/html", "x".repeat(50), "HTTP/1.1 200 OK"))).toBeLessThan(100);
  });
  test("of a head that is still arriving are not known", () => {
    for (let cut = 1; cut < request.length; cut++) expect(length(request.subarray(0, cut))).toBe(0);
  });
  test("of what is no head are none", () => {
    for (const body of ["<html>", "{}", "\x00\x01", "GET", "get / "])
      if (body !== "GET") expect(length(ascii(body))).toBe(-1);
  });
});

test("nothing of path, query, cookie or referrer comes out", () => {
  expect(everything(http, request) + everything(http, answer)).not.toContain("CANARY");
});

test("a granted tunnel makes way for what it carries", () => {
  const flow = flowOf();
  const done = (payload: Buffer) => http.definition.done?.(http.definition.dissect(payload, flow)!, flow);
  expect(done(message("CONNECT files.example:443 HTTP/1.1"))).toBe(false);
  expect(done(message("HTTP/1.1 407 Proxy Authentication Required"))).toBe(false);
  expect(done(message("HTTP/1.1 200 Connection established"))).toBe("next");
});

test("after eight heads a connection has no more to teach", () => {
  const flow = flowOf();
  const done = Array.from({ length: 8 }, () => http.definition.done?.(http.definition.dissect(request, flow)!, flow));
  expect(done.indexOf(true)).toBe(7);
});

test("calls a head without an end malformed", () => {
  for (let cut = 1; cut < answer.length; cut++)
    expect(http.dissect(answer.subarray(0, cut))).toHaveProperty("malformed");
});

test("stands hostile bytes", () => {
  const ipp = withBody(
    "application/ipp",
    bytes(hex("0101000000000001 04 41 0003"), "abc", u16(0), u32(0)),
    "HTTP/1.1 200 OK",
  );
  const fhir = withBody("application/fhir+json", '{"resourceType":"Device","serialNumber":"1"}', "HTTP/1.1 200 OK");
  expectHostileProof(http, [request, answer, ipp, fhir, withBody("application/x-www-form-urlencoded", "password=1")]);
});

describe("an HTTP/2 preface", () => {
  const preface = ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  test("is known whole, and malformed in part", () => {
    expect(read(http2, preface).evidence).toMatchObject([{ attribute: "http2.magic" }]);
    for (let cut = 0; cut < preface.length; cut++)
      expect(http2.dissect(preface.subarray(0, cut))).toHaveProperty("malformed");
  });
  test("stands hostile bytes", () => expectHostileProof(http2, [preface]));
});
