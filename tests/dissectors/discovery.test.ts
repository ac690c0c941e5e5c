import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import mndp from "../../agent/dissectors/mndp.ts";
import ssdp from "../../agent/dissectors/ssdp.ts";
import tplink from "../../agent/dissectors/tplink.ts";
import ubiquiti from "../../agent/dissectors/ubiquiti.ts";
import { ascii, bytes, canary, hex, u16 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const pairs = (evidence: readonly { attribute: string; value: string }[]) =>
  evidence.map(({ attribute, value }) => [attribute, value]);

describe("SSDP", () => {
  const lines = (...text: string[]) => ascii(`${text.join("\r\n")}\r\n\r\n`);
  const notify = lines(
    "NOTIFY * HTTP/1.1",
    "HOST: 239.255.255.250:1900",
    "NT: urn:schemas-upnp-org:device:MediaServer:1",
    "NTS: ssdp:alive",
    `LOCATION: http://10.0.0.5:2869/${canary("path")}?q=${canary("query")}`,
    "SERVER: Microsoft-Windows/6.1 UPnP/1.0 UPnP-Device-Host/1.0",
    `USN: uuid:${canary("usn")}::urn:schemas-upnp-org:device:MediaServer:1`,
    `OPT: ${canary("opt")}`,
  );
  const search = lines(
    "M-SEARCH * HTTP/1.1",
    "ST: urn:schemas-upnp-org:device:Printer:1",
    "USER-AGENT: Google Chrome/84 Windows",
  );

  test("an announcement tells system, kind and address", () => {
    expect(pairs(read(ssdp, notify).evidence)).toEqual([
      ["ssdp.server", "Microsoft-Windows/6.1 UPnP/1.0 UPnP-Device-Host/1.0"],
      ["ssdp.type", "urn:schemas-upnp-org:device:MediaServer:1"],
      ["ssdp.location.host", "10.0.0.5"],
    ]);
  });
  test("paths, queries, unique names and other fields are never told", () => {
    expect(everything(ssdp, notify)).not.toContain("CANARY");
  });
  test("a location by name is left out", () => {
    const named = lines("NOTIFY * HTTP/1.1", "NT: upnp:rootdevice", `LOCATION: http://${canary("host")}.local/`);
    expect(everything(ssdp, named)).not.toContain("CANARY");
  });
  test("what somebody looks for is not what it is", () => {
    expect(pairs(read(ssdp, search).evidence)).toEqual([["ssdp.user_agent", "Google Chrome/84 Windows"]]);
  });
  test("a web server's answer is not this protocol", () => {
    expect(ssdp.dissect(lines("HTTP/1.1 200 OK", "Server: nginx"))).toBeUndefined();
  });
  test("a cut announcement tells no less than it holds and never throws", () => {
    for (let length = 0; length <= notify.length; length++) read(ssdp, notify.subarray(0, length));
    expect(values(read(ssdp, notify.subarray(0, notify.length - 60)).evidence, "ssdp.server")).toHaveLength(1);
  });
  test("stands hostile bytes", () => expectHostileProof(ssdp, [notify, search]));
});

describe("MNDP", () => {
  const field = (type: number, value: string | Buffer) => bytes(u16(type), u16(value.length), value);
  const whole = bytes(
    hex("0000 a91d"),
    field(1, hex("4c5e0cea0365")),
    field(5, "300MNAT"),
    field(7, "6.35.1 (stable)"),
    field(8, "MikroTik"),
    field(11, canary("id")),
    field(12, "RB450G"),
  );
  test("a router tells itself", () => {
    expect(pairs(read(mndp, whole).evidence)).toEqual([
      ["mndp.mac", "4c:5e:0c:ea:03:65"],
      ["mndp.identity", "300MNAT"],
      ["mndp.version", "6.35.1 (stable)"],
      ["mndp.platform", "MikroTik"],
      ["mndp.board", "RB450G"],
    ]);
    expect(everything(mndp, whole)).not.toContain("CANARY");
  });
  test("bytes that don't begin with a card's address are not this protocol", () => {
    expect(mndp.dissect(ascii("GET / HTTP/1.1\r\n\r\n"))).toBeUndefined();
    expect(mndp.dissect(hex("0000 0000"))).toBeUndefined();
  });
  test("a cut announcement keeps the fields before the cut", () => {
    for (let length = 0; length < whole.length; length++)
      expect(values(read(mndp, whole.subarray(0, length)).evidence, "mndp.board"), String(length)).toEqual([]);
  });
  test("stands hostile bytes", () => expectHostileProof(mndp, [whole]));
});

describe("Ubiquiti discovery", () => {
  const field = (type: number, value: string | Buffer) => bytes([type], u16(value.length), value);
  const fields = bytes(
    field(2, hex("802aa88d692b c0a80101")),
    field(3, "UniFiSecurityGateway.ER-e120.v4.3.33"),
    field(6, canary("user")),
    field(11, "ward-gw"),
    field(12, "UGW3"),
    field(13, canary("essid")),
    field(22, "4.3.33.4936086"),
  );
  const whole = bytes([2, 6], u16(fields.length), fields);
  test("a gateway tells itself, and neither network names nor users", () => {
    expect(pairs(read(ubiquiti, whole).evidence)).toEqual([
      ["ubiquiti.firmware", "UniFiSecurityGateway.ER-e120.v4.3.33"],
      ["ubiquiti.hostname", "ward-gw"],
      ["ubiquiti.platform", "UGW3"],
      ["ubiquiti.version", "4.3.33.4936086"],
    ]);
    expect(everything(ubiquiti, whole)).not.toContain("CANARY");
  });
  test("a length that doesn't fit is another protocol", () => {
    for (let length = 0; length < whole.length; length++)
      expect(ubiquiti.dissect(whole.subarray(0, length)), String(length)).toBeUndefined();
  });
  test("stands hostile bytes", () => expectHostileProof(ubiquiti, [whole]));
});

describe("TP-Link smart home", () => {
  const whiten = (text: string) => {
    const out = ascii(text);
    for (let at = 0, key = 171; at < out.length; at++) {
      out[at] = out[at]! ^ key;
      key = out[at]!;
    }
    return out;
  };
  const answer = whiten(
    `{"system":{"get_sysinfo":{"err_code":0,"sw_ver":"1.2.5","type":"IOT.SMARTPLUGSWITCH","model":"HS110(EU)","alias":"${canary("a")}","latitude_i":515}}}`,
  );
  const question = whiten('{"system":{"get_sysinfo":{}}}');
  test("a plug tells kind and model, and neither the name people gave it nor its place", () => {
    expect(pairs(read(tplink, answer).evidence)).toEqual([
      ["tplink.sw_ver", "1.2.5"],
      ["tplink.type", "IOT.SMARTPLUGSWITCH"],
      ["tplink.model", "HS110(EU)"],
    ]);
    expect(everything(tplink, answer)).not.toMatch(/CANARY|515/);
  });
  test("a question tells nothing of its sender", () => {
    expect(read(tplink, question, flowOf({ toMany: true })).evidence).toEqual([]);
  });
  test("is recognised by its whitened beginning", () => {
    expect(answer.subarray(0, 8)).toEqual(hex(tplink.definition.recognise![0]!.bytes));
  });
  test("stands hostile bytes", () => expectHostileProof(tplink, [answer, question]));
});
