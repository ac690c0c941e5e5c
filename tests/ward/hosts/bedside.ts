/** What stands at the bed: pumps, a monitor, an ECG cart, a ventilator, a dialysis machine. */
import type { Ward } from "../ward.ts";
import { CANARIES, type WardDevice } from "./device.ts";
import { askForAddress, type DhcpClient } from "./dhcp-client.ts";
import { sendHl7 } from "./hl7.ts";
import { equipment, header, order, patient, result } from "./hl7-messages.ts";

const PCD_01 = "IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO";
const ICU_MEDICAL = ["ICU Medical", "ICU Medical, Inc.", "Hospira"];
const PHILIPS = ["Philips", "Philips Patient Monitoring", "Philips Healthcare", "Philips Medical Systems"];
const EMBEDDED: DhcpClient = { asksFor: ["subnet", "router", "dns", "domain"] };
/** Larger than ten segments, so that it must be rejoined to be read. */
const ECG_BYTES = 18_000;

interface BedsideSetup {
  readonly name: string;
  readonly mac: string;
  readonly ip: string;
  readonly dhcp: DhcpClient;
  readonly facts: WardDevice["facts"];
  readonly because: string;
  readonly message?: () => string;
}

function bedside(setup: BedsideSetup): WardDevice {
  const { name, mac, ip, dhcp, facts, because, message } = setup;
  const send = message && ((ward: Ward) => sendHl7(ward, name, message()));
  return {
    host: { name, mac, ...(dhcp.hostname ? { hostname: dhcp.hostname } : {}) },
    ip,
    facts,
    because,
    arrive: async (ward) => {
      await askForAddress(ward, name, dhcp);
      await send?.(ward);
    },
    ...(send ? { routine: send } : {}),
  };
}

export const plum360 = bedside({
  name: "pump-1",
  mac: "00:03:b1:20:07:41",
  ip: "10.20.7.41",
  dhcp: { hostname: "ICU-PUMP-04", ...EMBEDDED },
  facts: {
    oui: { class: ["infusion-pump"], maker: ICU_MEDICAL },
    dhcp: { names: ["ICU-PUMP-04"] },
    hl7: { class: ["infusion-pump"], model: ["Plum 360"], serial: "17204741" },
  },
  because: "OUI 00:03:B1; HL7 OBX-3 MDC_DEV_PUMP_INFUS_VMD, PRT-20 serial, PRT-22 type Plum 360",
  message: () =>
    header(
      { application: "PLUM^0003B1FFFE200741^EUI-64", facility: "ICU MEDICAL", version: "2.9" },
      "ORU^R01^ORU_R01",
      PCD_01,
    ) +
    patient() +
    order("2222^MDC_DEV_PUMP_INFUS_VMD^MDC") +
    result(1, "ST", "69986^MDC_DEV_PUMP_INFUS_VMD^MDC", "", "0003B1FFFE200741^^0003B1FFFE200741^EUI-64") +
    result(2, "ST", "184504^MDC_PUMP_MODE^MDC", CANARIES.result, "0003B1FFFE200741^^0003B1FFFE200741^EUI-64") +
    equipment({
      udi: "(01)10887709012344(10)LOT2107(21)17204741^GS1^2.51.1.1^ISO",
      deviceIdentifier: "10887709012344^GS1^2.51.1.1^ISO",
      lot: "LOT2107",
      serial: "17204741",
      type: "PLUM360^Plum 360^L",
    }),
});

/** An older interface that writes the product's name into PRT-16, seen in the field. */
export const plumA = bedside({
  name: "pump-2",
  mac: "00:03:b1:20:07:42",
  ip: "10.20.7.42",
  dhcp: { hostname: "ICU-PUMP-05", ...EMBEDDED },
  facts: {
    oui: { class: ["infusion-pump"], maker: ICU_MEDICAL },
    dhcp: { names: ["ICU-PUMP-05"] },
    hl7: { class: ["infusion-pump"], model: ["Plum A+", "Hospira Plum A+"] },
  },
  because: "OUI 00:03:B1; HL7 PRT-16 Hospira Plum A+",
  message: () =>
    header({ application: "PLUMGW", facility: "WARD7", version: "2.3" }, "ADT^A01") +
    patient() +
    equipment({ deviceIdentifier: "Hospira Plum A+" }),
});

export const monitor = bedside({
  name: "monitor",
  mac: "00:09:fb:20:07:43",
  ip: "10.20.7.43",
  dhcp: { hostname: "MX-BED04", asksFor: ["subnet", "router", "dns"] },
  facts: {
    oui: { class: ["patient-monitor"], maker: PHILIPS },
    dhcp: { names: ["MX-BED04"] },
  },
  because: "OUI 00:09:FB, Philips Patient Monitoring; HL7 vital signs with OBX-18 of that EUI-64",
  message: () => {
    const instance = "MX-BED04^Philips^0009FBFFFE200743^EUI-64";
    return (
      header(
        { application: "MX^0009FBFFFE200743^EUI-64", facility: "Philips", version: "2.6" },
        "ORU^R01^ORU_R01",
        PCD_01,
      ) +
      patient() +
      order("182777000^monitoring of patient^SCT") +
      result(1, "NM", "147842^MDC_ECG_HEART_RATE^MDC", "72", instance) +
      result(2, "NM", "150456^MDC_PULS_OXIM_SAT_O2^MDC", "98", instance)
    );
  },
});

export const ecgCart = bedside({
  name: "ecg",
  mac: "00:00:a1:20:07:44",
  ip: "10.20.7.44",
  dhcp: { hostname: "MAC5500-W7" },
  facts: {
    oui: {
      maker: ["GE", "GE Healthcare", "Marquette", "Marquette Electric", "Marquette Electric Co.", "GE Marquette"],
    },
    dhcp: { names: ["MAC5500-W7"] },
    hl7: { class: ["ecg", "patient-monitor"] },
  },
  because: "OUI 00:00:A1; sends an ECG study in a message of several segments",
  message: () => {
    const trace = Buffer.from(`${CANARIES.patient} `.repeat(ECG_BYTES / 12)).toString("base64");
    return (
      header({ application: "MAC5500", facility: "WARD7", version: "2.5.1" }, "ORU^R01^ORU_R01") +
      patient() +
      order("11524-6^EKG study^LN") +
      result(1, "ED", "11524-6^EKG study^LN", `^application^pdf^Base64^${trace}`, "MAC5500^GE^0000A1FFFE200744^EUI-64")
    );
  },
});

export const ventilator = bedside({
  name: "ventilator",
  mac: "00:30:e6:20:07:45",
  ip: "10.20.7.45",
  dhcp: { hostname: "EVITA-W7-2", ...EMBEDDED },
  facts: {
    oui: { maker: ["Dräger", "Draeger", "Draeger Medical", "Draeger Medical Systems, Inc.", "Drägerwerk"] },
    dhcp: { names: ["EVITA-W7-2"] },
  },
  because: "OUI 00:30:E6, Draeger Medical Systems; DHCP host name",
});

export const dialysis = bedside({
  name: "dialysis",
  mac: "b0:4c:05:20:07:46",
  ip: "10.20.7.46",
  dhcp: { hostname: "5008-W7-1", vendorClass: "udhcp 1.22.1" },
  facts: {
    oui: { maker: ["Fresenius", "Fresenius Medical Care", "Fresenius Medical Care Deutschland GmbH"] },
    dhcp: { names: ["5008-W7-1"] },
  },
  because: "OUI B0:4C:05, Fresenius Medical Care; DHCP host name",
});
