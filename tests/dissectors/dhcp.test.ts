import { describe, expect, test } from "vitest";
import dhcp from "../../agent/dissectors/dhcp.ts";
import { flowOf, isMalformed } from "../../agent/dissectors/dissector.ts";
import { bytes, canary, hex } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const MAC = "00:09:fb:bd:75:6d";

/** The fixed fields of RFC 2131 figure 1 and the cookie. */
function head(
  op: number,
  fields: { ciaddr?: string; yiaddr?: string; giaddr?: string; chaddr?: string; sname?: Buffer; file?: Buffer } = {},
): Buffer {
  const out = Buffer.alloc(240);
  const ip = (at: number, text = "0.0.0.0") => Buffer.from(text.split(".").map(Number)).copy(out, at);
  hex("00 01 06 00  12 34 56 78").copy(out, 0); // op, Ethernet, 6, no hops, transaction
  out[0] = op;
  ip(12, fields.ciaddr);
  ip(16, fields.yiaddr);
  ip(24, fields.giaddr);
  hex((fields.chaddr ?? MAC).replaceAll(":", "")).copy(out, 28);
  fields.sname?.copy(out, 44);
  fields.file?.copy(out, 108);
  hex("63 82 53 63").copy(out, 236);
  return out;
}
const option = (code: number, value: string | Buffer) => bytes([code, value.length], value);
const END = [255];

const discover = bytes(
  head(1),
  hex("35 01 01"),
  option(12, "MX700-bed12"),
  option(60, "Philips IntelliVue"),
  option(55, hex("01 03 06 0f 1c")),
  option(61, hex("ff 00 00 00 01 00 01 aa bb")),
  option(81, bytes([0x04, 0, 0], [5], "MX700", [4], "ward", [0])),
  option(161, "https://mud.example.com/mx700.json"),
  END,
);
const acknowledge = bytes(
  head(2, { yiaddr: "10.0.0.21" }),
  hex("35 01 05"),
  option(54, hex("0a 00 00 01")),
  option(3, hex("0a 00 00 fe")),
  option(60, "ArubaAP"),
  option(12, "given-by-server"),
  END,
);

describe("a client's request", () => {
  const { evidence } = read(dhcp, discover);
  test("names and describes the client by its hardware address", () => {
    const about = { mac: MAC };
    expect(evidence).toEqual([
      { about, attribute: "dhcp.option.hostname", value: "MX700-bed12" },
      { about, attribute: "dhcp.option.vendor_class_id", value: "Philips IntelliVue" },
      { about, attribute: "dhcp.option.request_list_item", value: "1,3,6,15,28" },
      { about, attribute: "dhcp.client_id.type", value: "255" },
      { about, attribute: "dhcp.client_id.duid_type", value: "1" },
      { about, attribute: "dhcp.fqdn.name", value: "MX700.ward" },
      { about, attribute: "dhcp.option.mudurl", value: "https://mud.example.com/mx700.json" },
    ]);
  });

  test("proves the receiver the server", () => {
    expect(dhcp.definition.server?.(dhcp.dissect(discover)!, flowOf())).toBe("receiver");
  });

  test("is about the client, not about the relay that passed it on", () => {
    const relayed = bytes(head(1, { giaddr: "10.9.0.1" }), option(12, "PUMP1"), END);
    expect(read(dhcp, relayed).evidence).toEqual([
      { about: { mac: MAC }, attribute: "dhcp.option.hostname", value: "PUMP1" },
      { about: { ip: "10.9.0.1" }, attribute: "wardtap.role", value: "dhcp-relay" },
    ]);
  });

  test("reads plain text in the FQDN option where the E bit is off", () => {
    const old = bytes(head(1), option(81, bytes([0, 0, 0], "WS-7.ward.nhs.uk")), END);
    expect(values(read(dhcp, old).evidence, "dhcp.fqdn.name")).toEqual(["WS-7.ward.nhs.uk"]);
  });

  test("joins an option that is split in two", () => {
    const split = bytes(head(1), option(12, "ICU-"), option(12, "PUMP"), END);
    expect(values(read(dhcp, split).evidence, "dhcp.option.hostname")).toEqual(["ICU-PUMP"]);
  });

  test("reads options put into the file and server name fields", () => {
    const file = bytes(option(60, "in file"), END);
    const sname = bytes(option(12, "in-sname"), END);
    const overloaded = bytes(head(1, { file, sname }), option(52, hex("03")), END);
    const { evidence } = read(dhcp, overloaded);
    expect(values(evidence, "dhcp.option.vendor_class_id")).toEqual(["in file"]);
    expect(values(evidence, "dhcp.option.hostname")).toEqual(["in-sname"]);
  });
});

describe("a server's answer", () => {
  const { evidence } = read(dhcp, acknowledge, flowOf({ sourceIp: "10.0.0.1" }));
  test("shows the server, the router and the client's address", () => {
    expect(evidence).toEqual([
      { about: "sender", attribute: "wardtap.role", value: "dhcp-server" },
      { about: "sender", attribute: "dhcp.option.dhcp_server_id", value: "10.0.0.1" },
      { about: "sender", attribute: "wardtap.dhcp.scope", value: "link 0 router 10.0.0.254", atMost: 16 },
      { about: { ip: "10.0.0.254" }, attribute: "dhcp.option.router", value: "10.0.0.254" },
      { about: { ip: "10.0.0.254" }, attribute: "wardtap.role", value: "router" },
      { about: { mac: MAC }, attribute: "dhcp.ip.your", value: "10.0.0.21" },
    ]);
  });

  test("keeps neither name nor vendor class: they describe neither end", () => {
    expect(JSON.stringify(read(dhcp, acknowledge))).not.toMatch(/ArubaAP|given-by-server/);
  });

  test("binds no address while it is only offered", () => {
    const offer = Buffer.from(acknowledge);
    offer[242] = 2;
    expect(values(read(dhcp, offer).evidence, "dhcp.ip.your")).toEqual([]);
  });

  test("tells the link, the network, the router and the name servers it gives", () => {
    const given = (mask: string, flow: object) =>
      values(
        read(
          dhcp,
          bytes(
            head(2, { yiaddr: "10.0.9.21" }),
            hex("35 01 02"),
            option(54, hex("0a 00 00 01")),
            option(1, hex(mask)),
            option(3, hex("0a 00 00 fe")),
            option(6, hex("0a 00 00 03 0a 00 00 02")),
            END,
          ),
          flowOf(flow),
        ).evidence,
        "wardtap.dhcp.scope",
      );
    expect(given("ff ff f8 00", { sourceIp: "10.0.0.1", vlan: 20 })).toEqual([
      "link 20 net 10.0.8.0/21 router 10.0.0.254 dns 10.0.0.2,10.0.0.3",
    ]);
    expect(given("ff 00 ff 00", {})).toEqual(["link 0 router 10.0.0.254 dns 10.0.0.2,10.0.0.3"]);
    expect(given("00 00 00 00", {})[0]).toContain("net 0.0.0.0/0");
  });

  test("to a question (INFORM) or of a boot server gives no address, so it tells of none", () => {
    const informed = bytes(head(2), hex("35 01 05"), option(54, hex("0a 00 00 01")), END);
    expect(values(read(dhcp, informed).evidence, "wardtap.dhcp.scope")).toEqual([]);
  });

  test("offered to a client tells the client's link, unless a relay asked", () => {
    const offer = (giaddr?: string) =>
      bytes(
        head(2, { yiaddr: "10.0.0.21", ...(giaddr ? { giaddr } : {}) }),
        hex("35 01 02"),
        option(54, hex("0a 00 00 01")),
        END,
      );
    expect(values(read(dhcp, offer()).evidence, "wardtap.dhcp.offered_by")).toEqual(["10.0.0.1"]);
    expect(values(read(dhcp, offer("10.9.0.1")).evidence, "wardtap.dhcp.offered_by")).toEqual([]);
    expect(values(read(dhcp, offer("10.9.0.1")).evidence, "wardtap.dhcp.scope")).toEqual(["relay 10.9.0.1"]);
  });

  test("through a relay is the relay's frame and the server's word", () => {
    const relayed = bytes(
      head(2, { yiaddr: "10.9.0.21", giaddr: "10.9.0.1" }),
      hex("35 01 05"),
      option(54, hex("0a 00 00 01")),
      END,
    );
    const roles = read(dhcp, relayed, flowOf({ sourceIp: "10.9.0.1" })).evidence.filter(
      ({ attribute }) => attribute === "wardtap.role",
    );
    expect(roles).toEqual([
      { about: "sender", attribute: "wardtap.role", value: "dhcp-relay" },
      { about: { ip: "10.0.0.1" }, attribute: "wardtap.role", value: "dhcp-server" },
    ]);
  });
});

test("reads BOOTP, which has no options", () => {
  const bootp = bytes(head(2, { yiaddr: "10.0.0.30" }).subarray(0, 236), Buffer.alloc(64));
  expect(values(read(dhcp, bootp).evidence, "dhcp.ip.your")).toEqual(["10.0.0.30"]);
});

test("leaves other bytes with the cookie in place to others", () => {
  const other = Buffer.from(discover);
  other[0] = 9;
  expect(dhcp.dissect(other)).toBeUndefined();
});

test("calls an option that runs past the end malformed and keeps what stood before it", () => {
  const lying = bytes(head(1), option(12, "PUMP-7"), [60, 200], "short");
  const { message, evidence } = read(dhcp, lying);
  expect(isMalformed(message)).toBe(true);
  expect(evidence).toEqual([{ about: { mac: MAC }, attribute: "dhcp.option.hostname", value: "PUMP-7" }]);
});

test("calls every shorter cut malformed, and never an exception", () => {
  for (let length = 1; length < discover.length; length++) {
    expect(dhcp.dissect(discover.subarray(0, length))).toHaveProperty("malformed");
  }
});

test("takes a message cut by the capture for what stood", () => {
  expect(dhcp.dissect(discover.subarray(0, 300), { cut: true })).not.toHaveProperty("malformed");
});

test("lets no person's number, name or birthday out of names, nor any client identifier or relay option", () => {
  const held = bytes(
    head(1),
    option(12, "9434765919"),
    option(81, bytes([0, 0, 0], "MOUSE^MICKEY")),
    option(61, bytes([0], canary("clientid"))),
    option(82, canary("relay")),
    option(77, canary("userclass")),
    option(14, canary("dump")),
    END,
  );
  const told = everything(dhcp, held);
  expect(told).not.toMatch(/9434765919|MICKEY|CANARY/);
  expect(everything(dhcp, bytes(head(1), option(12, "1928-11-18"), END))).not.toContain("1928");
});

test("stands hostile bytes", () => expectHostileProof(dhcp, [discover, acknowledge], { sourceIp: "10.0.0.1" }));
