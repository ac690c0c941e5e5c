import { describe, expect, test } from "vitest";
import dicom from "../../agent/dissectors/dicom.ts";
import { type Flow, flowOf, isMalformed } from "../../agent/dissectors/dissector.ts";
import { bytes, canary, u16, u32 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const IMPLICIT = "1.2.840.10008.1.2";
const EXPLICIT = "1.2.840.10008.1.2.1";
const DEFLATED = "1.2.840.10008.1.2.1.99";
const BIG_ENDIAN = "1.2.840.10008.1.2.2";
const CT = "1.2.840.10008.5.1.4.1.1.2";

const pdu = (type: number, body: Buffer) => bytes([type, 0], u32(body.length), body);
const item = (type: number, ...value: (string | Buffer | number[])[]) => {
  const body = bytes(...value);
  return bytes([type, 0], u16(body.length), body);
};
/** PS3.8 tables 9-11 and 9-17. */
const association = (type: 1 | 2, called: string, calling: string, ...items: Buffer[]) =>
  pdu(
    type,
    bytes(
      u16(1),
      u16(0),
      called.padEnd(16),
      calling.padEnd(16),
      Buffer.alloc(32),
      item(0x10, "1.2.840.10008.3.1.1.1"),
      ...items,
    ),
  );
const user = (uid: string, version: string, ...more: Buffer[]) =>
  item(0x50, item(0x51, u32(16384)), item(0x52, uid), item(0x55, version), ...more);
const asked = (id: number, abstract: string, transfer: string) =>
  item(0x20, [id, 0, 0, 0], item(0x30, abstract), item(0x40, transfer));
const accepted = (id: number, transfer: string, result = 0) => item(0x21, [id, 0, result, 0], item(0x40, transfer));

const request = association(
  1,
  "WARDPACS",
  "CTROOM1",
  asked(1, CT, EXPLICIT),
  user("1.3.46.670589.30.36.0", "PMS_ELEVA_416"),
);
const accept = (transfer = EXPLICIT) =>
  association(2, "WARDPACS", "CTROOM1", accepted(1, transfer), user("1.2.276.0.7230010.3.0.3.6.7", "OFFIS_DCMTK_367"));

const le16 = (value: number) => [value & 255, value >>> 8];
const le32 = (value: number) => [...le16(value & 0xffff), ...le16(value >>> 16)];
/** Implicit little endian, PS3.5 7.1.3. */
const implicit = (group: number, element: number, value: string | Buffer | number[]) => {
  const body = bytes(value);
  return bytes(le16(group), le16(element), le32(body.length), body);
};
/** Explicit little endian, PS3.5 7.1.2; the long form for sequences and bytes. */
const explicit = (group: number, element: number, vr: string, value: string | Buffer) => {
  const body = bytes(value);
  const length = /^(?:OB|OW|SQ|UN|UT)$/.test(vr) ? bytes([0, 0], le32(body.length)) : bytes(le16(body.length));
  return bytes(le16(group), le16(element), vr, length, body);
};
const command = (field: number, hasDataset: boolean, ...more: Buffer[]) => {
  const elements = bytes(
    implicit(0, 2, `${CT}\0`),
    implicit(0, 0x100, le16(field)),
    implicit(0, 0x800, le16(hasDataset ? 1 : 0x0101)),
    ...more,
  );
  return bytes(implicit(0, 0, le32(elements.length)), elements);
};
const STORE = 0x0001;
const FIND = 0x0020;
/** PS3.8 9.3.5: control header bit 0 command, bit 1 last fragment. */
const value = (flags: number, body: Buffer, context = 1) => bytes(u32(body.length + 2), [context, flags], body);
const data = (...values: Buffer[]) => pdu(4, bytes(...values));
const store = (...more: Buffer[]) => data(value(3, command(STORE, true, ...more)));

const PATIENT = bytes(
  explicit(0x10, 0x10, "PN", canary("name")),
  explicit(0x10, 0x20, "LO", canary("id")),
  explicit(0x10, 0x30, "DA", "19281118"),
);
const head = bytes(
  explicit(8, 0x18, "UI", canary("instance")),
  explicit(8, 0x20, "DA", "20260822"),
  explicit(8, 0x50, "SH", canary("accession")),
  explicit(8, 0x60, "CS", "CT"),
  explicit(8, 0x70, "LO", "Philips "),
  explicit(8, 0x80, "LO", canary("institution")),
  explicit(8, 0x90, "PN", canary("referrer")),
  explicit(8, 0x1010, "SH", "CTSTATION"),
  explicit(8, 0x1030, "LO", canary("study")),
  explicit(8, 0x1070, "PN", canary("operator")),
  explicit(8, 0x1090, "LO", "Brilliance iCT"),
);
const tail = bytes(
  explicit(0x18, 0x10, "LO", canary("contrast")),
  explicit(0x18, 0x1000, "LO", "SN-4711"),
  explicit(0x18, 0x1020, "LO", "4.1.6\\4.1.7"),
  explicit(0x18, 0x1030, "LO", canary("protocol")),
  explicit(0x20, 0x10, "SH", canary("studyid")),
);
const dataset = bytes(head, PATIENT, tail);
const DEVICE = [
  ["dicom.modality", "CT"],
  ["dicom.manufacturer", "Philips"],
  ["dicom.station_name", "CTSTATION"],
  ["dicom.manufacturer_model_name", "Brilliance iCT"],
  ["dicom.device_serial_number", "SN-4711"],
  ["dicom.software_versions", "4.1.6; 4.1.7"],
];

/** A flow whose client asks from port 40000; `turn` gives the same flow seen from the other side. */
const client = (): Flow => flowOf({ transport: "tcp", sourcePort: 40000, destinationPort: 104 });
const turn = (flow: Flow): Flow =>
  Object.assign(flow, { sourcePort: flow.destinationPort, destinationPort: flow.sourcePort });
const opened = (transfer = EXPLICIT): Flow => {
  const flow = client();
  read(dicom, request, flow);
  read(dicom, accept(transfer), turn(flow));
  return turn(flow);
};
const attributes = (payload: Buffer, flow: Flow) =>
  read(dicom, payload, flow)
    .evidence.filter(({ attribute }) => DEVICE.some(([wanted]) => wanted === attribute))
    .map(({ about, attribute, value }) => {
      expect(about).toBe("sender");
      return [attribute, value];
    });

describe("an association request", () => {
  test("names the caller and what it is made of", () => {
    const about = "sender";
    expect(read(dicom, request).evidence).toEqual([
      { about, attribute: "dicom.assoc.ae.calling", value: "CTROOM1" },
      { about, attribute: "dicom.role", value: "scu" },
      { about, attribute: "dicom.actx", value: "1.2.840.10008.3.1.1.1" },
      { about, attribute: "dicom.userinfo.uid", value: "1.3.46.670589.30.36.0" },
      { about, attribute: "dicom.userinfo.version", value: "PMS_ELEVA_416" },
      { about, attribute: "dicom.pctx.abstract_syntax", value: CT },
    ]);
  });

  test("keeps both titles in the message", () => {
    expect(dicom.dissect(request)).toMatchObject({ association: { called: "WARDPACS", calling: "CTROOM1" } });
  });

  test("proves the receiver the server, and an accept or reject its sender", () => {
    const side = (payload: Buffer) => dicom.definition.server?.(dicom.dissect(payload)!, flowOf());
    expect(side(request)).toBe("receiver");
    expect(side(accept())).toBe("sender");
    expect(side(pdu(3, Buffer.from([0, 1, 1, 7])))).toBe("sender");
  });

  test("keeps at most 16 abstract syntaxes", () => {
    const contexts = Array.from({ length: 60 }, (_, index) => asked(2 * index + 1, `1.2.840.10008.${index}`, EXPLICIT));
    expect(
      values(read(dicom, association(1, "A", "B", ...contexts)).evidence, "dicom.pctx.abstract_syntax"),
    ).toHaveLength(16);
  });

  test("gives away no user identity, whose item holds a name and a password", () => {
    const identity = item(0x58, [2, 0], u16(20), canary("user"), u16(20), canary("password"));
    expect(everything(dicom, association(1, "A", "B", user("1.2.3", "V1", identity)))).not.toContain("CANARY");
  });

  test("keeps no title that looks like a person's", () => {
    const told = everything(dicom, association(1, "9434765919", "MOUSE^MICKEY", user("1.2.3", "V1")));
    expect(told).not.toMatch(/9434765919|MICKEY/);
  });

  test("with titles no DICOM speaker sends is left to others", () => {
    expect(dicom.dissect(association(1, "A\x01", "B"))).toBeUndefined();
    expect(dicom.dissect(association(1, "A\\B", "B"))).toBeUndefined();
    expect(dicom.dissect(association(1, "", "B"))).toBeUndefined();
  });
});

describe("an accept", () => {
  test("names its sender as the request called it, whatever titles it repeats", () => {
    const flow = client();
    read(dicom, request, flow);
    const swapped = association(2, "CTROOM1", "WARDPACS", accepted(1, EXPLICIT));
    const { evidence } = read(dicom, swapped, turn(flow));
    expect(evidence).toContainEqual({ about: "sender", attribute: "dicom.assoc.ae.called", value: "WARDPACS" });
    expect(evidence).toContainEqual({ about: "sender", attribute: "dicom.role", value: "scp" });
    expect(values(evidence, "dicom.assoc.ae.calling")).toEqual([]);
  });

  test("heard alone names both", () => {
    const { evidence } = read(dicom, accept());
    expect(evidence).toContainEqual({ about: "sender", attribute: "dicom.assoc.ae.called", value: "WARDPACS" });
    expect(evidence).toContainEqual({ about: "receiver", attribute: "dicom.assoc.ae.calling", value: "CTROOM1" });
  });
});

describe("a stored object", () => {
  test("tells who stores it, and where", () => {
    expect(read(dicom, store(), opened()).evidence).toEqual([
      { about: "sender", attribute: "dicom.role", value: "storage-scu" },
      { about: "receiver", attribute: "dicom.role", value: "storage-scp" },
      { about: "sender", attribute: "dicom.affected_sop_class", value: CT },
    ]);
  });

  test("describes the device that made it", () => {
    const flow = opened();
    read(dicom, store(), flow);
    expect(attributes(data(value(2, dataset)), flow)).toEqual(DEVICE);
  });

  test("describes it when command and object share a PDU", () => {
    expect(attributes(data(value(3, command(STORE, true)), value(2, dataset)), opened())).toEqual(DEVICE);
  });

  test("is read in implicit encoding too", () => {
    const plain = bytes(
      implicit(8, 0x60, "CT"),
      implicit(8, 0x90, canary("referrer")),
      implicit(8, 0x1090, "iCT "),
      implicit(0x10, 0x10, canary("name")),
    );
    expect(attributes(data(value(3, command(STORE, true)), value(2, plain)), opened(IMPLICIT))).toEqual([
      ["dicom.modality", "CT"],
      ["dicom.manufacturer_model_name", "iCT"],
    ]);
  });

  test.each([DEFLATED, BIG_ENDIAN])("is not read in transfer syntax %s", (transfer) => {
    expect(attributes(data(value(3, command(STORE, true)), value(2, dataset)), opened(transfer))).toEqual([]);
  });

  test("is followed across nested sequences, whose elements describe other things", () => {
    const undefinedLength = le32(0xffffffff);
    const inner = bytes(explicit(8, 0x70, "LO", canary("nested")), explicit(8, 0x1090, "LO", canary("nested")));
    const openItem = bytes(le16(0xfffe), le16(0xe000), undefinedLength, inner, le16(0xfffe), le16(0xe00d), le32(0));
    const closedItem = bytes(le16(0xfffe), le16(0xe000), le32(inner.length), inner);
    const sequence = bytes(
      le16(8),
      le16(0x1032),
      "SQ",
      [0, 0],
      undefinedLength,
      openItem,
      closedItem,
      le16(0xfffe),
      le16(0xe0dd),
      le32(0),
    );
    const nested = bytes(
      explicit(8, 0x70, "LO", "Philips"),
      explicit(8, 0x1031, "SQ", closedItem),
      sequence,
      explicit(8, 0x1090, "LO", "iCT"),
    );
    expect(attributes(data(value(3, command(STORE, true)), value(2, nested)), opened())).toEqual([
      ["dicom.manufacturer", "Philips"],
      ["dicom.manufacturer_model_name", "iCT"],
    ]);
  });

  test("handed on by a C-MOVE says nothing of the sender's make", () => {
    const flow = opened();
    const { evidence } = read(dicom, store(implicit(0, 0x1030, "WORKSTATION1    ")), flow);
    expect(values(evidence, "dicom.role")).toEqual(["move-scp", "storage-scp"]);
    expect(attributes(data(value(2, dataset)), flow)).toEqual([]);
  });

  test("sent by the side that accepted (C-GET) says nothing of the sender's make", () => {
    const flow = turn(opened());
    read(dicom, store(), flow);
    expect(attributes(data(value(2, dataset)), flow)).toEqual([]);
  });

  test("is read at its beginning only, never in a later fragment", () => {
    const flow = opened();
    read(dicom, store(), flow);
    read(dicom, data(value(0, explicit(8, 0x60, "CS", "CT"))), flow);
    expect(attributes(data(value(2, dataset)), flow)).toEqual([]);
  });

  test("after three of them has nothing more to teach", () => {
    const flow = opened();
    const done = () => {
      read(dicom, store(), flow);
      return dicom.definition.done?.(dicom.definition.dissect(data(value(2, dataset)), flow)!, flow);
    };
    expect([done(), done(), done()]).toEqual([false, false, true]);
  });

  test("is said to go by in clear, about both ends", () => {
    const flow = opened();
    read(dicom, store(), flow);
    const clinical = read(dicom, data(value(2, dataset)), flow).evidence.filter(
      ({ attribute }) => attribute === "wardtap.clinical",
    );
    expect(clinical.map(({ about, value }) => [about, value])).toEqual([
      ["sender", "dicom"],
      ["receiver", "dicom"],
    ]);
  });
});

describe("a query", () => {
  test("says nothing of a make: its keys ask, and answers tell of others", () => {
    const flow = opened();
    read(dicom, data(value(3, command(FIND, true))), flow);
    expect(attributes(data(value(2, dataset)), flow)).toEqual([]);
    read(dicom, data(value(3, command(FIND | 0x8000, true))), turn(flow));
    expect(attributes(data(value(2, dataset)), flow)).toEqual([]);
  });
});

describe("a patient's data", () => {
  test.each([
    ["stored", STORE],
    ["asked for", FIND],
    ["answered", FIND | 0x8000],
  ])("when %s is stepped over: no mark comes out", (_, field) => {
    const told = everything(dicom, data(value(3, command(field, true)), value(2, dataset)), opened());
    expect(told).toContain("wardtap.clinical");
    expect(told).not.toMatch(/CANARY|19281118|20260822/);
  });

  test("in a device's element by mistake is dropped when it looks like a person", () => {
    const held = bytes(
      explicit(8, 0x70, "LO", "MOUSE^MICKEY"),
      explicit(8, 0x1010, "SH", "9434765919"),
      explicit(0x18, 0x1000, "LO", "19281118"),
    );
    const told = everything(dicom, data(value(3, command(STORE, true)), value(2, held)), opened());
    expect(told).not.toMatch(/MICKEY|9434765919|19281118/);
  });
});

describe("a flow heard from the middle", () => {
  test("is known by a command, and its object is read", () => {
    const flow = client();
    read(dicom, store(), flow);
    expect(attributes(data(value(2, dataset)), flow)).toEqual(DEVICE);
  });

  test("is not known by data alone", () => {
    expect(dicom.dissect(data(value(2, dataset)))).toBeUndefined();
  });
});

describe("PDU lengths", () => {
  const length = (payload: Buffer) => dicom.definition.messageLength?.(payload, flowOf({ transport: "tcp" }));
  test("are head and body", () => {
    for (const whole of [request, accept(), store(), pdu(5, Buffer.alloc(4)), pdu(7, Buffer.alloc(4))]) {
      expect(length(bytes(whole, "next"))).toBe(whole.length);
    }
  });

  test("need the first bytes to be told", () => {
    for (let cut = 1; cut < 42; cut++) expect(length(request.subarray(0, cut))).toBe(0);
  });

  test.each([
    ["another type", bytes([9, 0], u32(4))],
    ["a request of four bytes", bytes([1, 0], u32(4))],
    ["a release of five bytes", bytes([5, 0], u32(5))],
    ["a value item longer than its PDU", bytes([4, 0], u32(10), u32(90), [1, 2])],
    ["an even context", bytes([4, 0], u32(10), u32(6), [2, 2])],
    ["an association of two gigabytes", bytes([1, 0], u32(0x80000000))],
  ])("with %s are not DICOM's", (_, payload) => expect(length(payload)).toBe(-1));
});

test("calls every shorter cut malformed", () => {
  for (const whole of [request, accept(), store(), pdu(3, Buffer.alloc(4))]) {
    for (let cut = 1; cut < whole.length; cut++)
      expect(dicom.dissect(whole.subarray(0, cut))).toHaveProperty("malformed");
  }
});

test("calls an item that runs past its place malformed and keeps the titles", () => {
  const lying = association(1, "WARDPACS", "CTROOM1", Buffer.from([0x50, 0, 0xff, 0xff]));
  expect(isMalformed(dicom.dissect(lying))).toBe(true);
  expect(values(read(dicom, lying).evidence, "dicom.assoc.ae.calling")).toEqual(["CTROOM1"]);
});

test("reads an object cut by the byte limit as far as it stands", () => {
  const flow = opened();
  read(dicom, store(), flow);
  const whole = data(value(2, bytes(dataset, Buffer.alloc(5000))));
  expect(attributes(whole.subarray(0, 12 + head.length), Object.assign(flow, { cut: true }))).toEqual(
    DEVICE.slice(0, 4),
  );
});

test("stands hostile bytes", () => {
  const nested = bytes(head, explicit(8, 0x1140, "SQ", bytes(le16(0xfffe), le16(0xe000), le32(0xffffffff))), tail);
  const good = [
    request,
    accept(),
    store(),
    data(value(2, dataset)),
    data(value(3, command(STORE, true)), value(2, nested)),
    pdu(5, Buffer.alloc(4)),
  ];
  expectHostileProof(dicom, good, { transport: "tcp", sourcePort: 40000, destinationPort: 104 });
});
