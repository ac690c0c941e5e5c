/** Medical devices written to the public standards: PCD-01, IntelliVue data export, POCT1-A, LIS2 and SDC, patients and all. */
import { CANARIES } from "../hosts/device.ts";
import { equipment, header, order, patient, result, segment } from "../hosts/hl7-messages.ts";
import { programPath } from "../hosts/programs.ts";
import { listening } from "../hosts/wait.ts";
import type { Ward } from "../ward.ts";
import { type CastMember, castMember, fileFor, ipOf, type ReportedDevice, type Scene, serve, use } from "./scene.ts";

const PCD_01 = "IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO";
const PHILIPS = ["Philips", "Philips Patient Monitoring", "Philips Healthcare", "Philips Medical Systems"];
const BRAUN = ["B. Braun", "B. Braun Melsungen", "B.Braun Melsungen AG", "B. Braun Melsungen AG"];
const FAMILY = "CANARYFAMILY";
const GIVEN = "CANARYGIVEN";
const METER_PATIENT = "CANARY-MRN-0143";
const METER_NAME = "CANARYMETER ANNE";
const OPERATOR = "CANARYOPERATOR7";
const SAMPLE_PATIENT = "CANARY-MRN-0144";
const SAMPLE_NAME = "CANARYLAB^WARD";
const VENTILATED = "CANARYVENTILATED";

const pump = castMember(
  { name: "pcd-pump", number: 151, oui: "00:03:b1", hostname: "ICU-PUMP-51" },
  {
    class: ["infusion-pump"],
    maker: ["ICU Medical", "ICU Medical, Inc.", "Hospira"],
    model: ["Plum 360"],
    serial: "20080151",
  },
  "PCD-01 with OBX-18 of its own EUI-64, PRT-20 and PRT-22; OUI 00:03:B1",
);
const gateway = castMember(
  { name: "pcd-gw", number: 152, oui: "00:50:56", hostname: "ward8-pumpgw" },
  { class: ["medical-gateway"] },
  "sends PCD-01 for three pumps of other EUI-64s",
);
const engine = castMember(
  { name: "pcd-engine", number: 153, oui: "00:50:56", hostname: "ward8-rie" },
  { class: ["medical-gateway"] },
  "acknowledges PCD-01 from several devices",
);
const monitor = castMember(
  { name: "monitor", number: 154, oui: "00:09:fb", hostname: "ward8-monitor" },
  {
    class: ["patient-monitor"],
    maker: PHILIPS,
    model: ["MX800", "IntelliVue MX800"],
    serial: "DE20080141",
    names: ["BED 5"],
  },
  "connect indication: Philips, MX800, serial; OUI 00:09:FB",
);
const central = castMember(
  { name: "central", number: 155, oui: "00:09:fb", hostname: "ward8-central" },
  { maker: PHILIPS },
  "opens the data export of a monitor; OUI 00:09:FB",
);
const meter = castMember(
  { name: "meter", number: 156, oui: "00:60:19", hostname: "ward8-meter" },
  {
    class: ["point-of-care"],
    maker: ["Roche", "Roche Diagnostics"],
    model: ["ACCU-CHEK INFORM II"],
    serial: "UU20080143",
  },
  "POCT1-A hello: vendor, model, serial; OUI 00:60:19",
);
const analyser = castMember(
  { name: "analyser", number: 157, oui: "00:06:6b", hostname: "ward8-analyser" },
  { class: ["lab-analyser"], maker: ["Sysmex", "Sysmex Corporation"], model: ["XN-550"] },
  "LIS2 header record of an XN-550; OUI 00:06:6B",
);
const laboratory = castMember(
  { name: "lab", number: 158, oui: "00:50:56", hostname: "ward8-lab" },
  { class: ["server", "medical-gateway"] },
  "manages point-of-care meters and receives an analyser's results",
);
const ventilator = castMember(
  { name: "sdc", number: 159, oui: "00:30:e6", hostname: "ward8-vent" },
  {
    class: ["ventilator"],
    maker: ["Dräger", "Draeger", "Draeger Medical Systems, Inc."],
    model: ["Evita V800"],
    serial: "ASRC-0145",
  },
  "WS-Discovery types and coded kind of a ventilator, DPWS metadata",
);

const eui = (number: number) => `001221FFFE2008${number.toString(16).toUpperCase().padStart(2, "0")}`;
const PUMPS: readonly ReportedDevice[] = [0xa1, 0xa2, 0xa3].map((number) => ({
  reported: eui(number),
  facts: { class: ["infusion-pump", "syringe-pump"], maker: BRAUN },
  because: `a gateway reports EUI-64 ${eui(number)} (00:12:21) as MDC_DEV_PUMP_INFUS_VMD`,
}));

/** PID with other people's data is in `patient()`; here the pump speaks for itself. */
const ownReport = () =>
  header(
    { application: "PLUM^0003B1FFFE200897^EUI-64", facility: "ICU MEDICAL", version: "2.6" },
    "ORU^R01^ORU_R01",
    PCD_01,
  ) +
  patient() +
  order("2222^MDC_DEV_PUMP_INFUS_VMD^MDC") +
  result(1, "ST", "69986^MDC_DEV_PUMP_INFUS_VMD^MDC", "", "0003B1FFFE200897^^0003B1FFFE200897^EUI-64") +
  result(2, "NM", "157784^MDC_FLOW_FLUID_PUMP^MDC", CANARIES.result, "0003B1FFFE200897^^0003B1FFFE200897^EUI-64") +
  equipment({ serial: "20080151", type: "PLUM360^Plum 360^L" });

const reportFor = (id: string) =>
  header(
    { application: "PUMPGATEWAY^0012210000000001^EUI-64", facility: "BBRAUN", version: "2.6" },
    "ORU^R01^ORU_R01",
    PCD_01,
  ) +
  patient() +
  segment("OBR", { 1: "1", 3: `1^PUMP^${id}^EUI-64`, 4: "69985^MDC_DEV_PUMP_INFUS_MDS^MDC" }) +
  result(1, "ST", "69986^MDC_DEV_PUMP_INFUS_VMD^MDC", "", `${id}^BBRAUN^${id}^EUI-64`) +
  result(2, "NM", "157784^MDC_FLOW_FLUID_PUMP^MDC", CANARIES.result, `${id}^BBRAUN^${id}^EUI-64`);

const node = process.execPath;
const program = (ward: Ward, who: CastMember, name: string, ...args: string[]) =>
  use(ward, who, {}, node, [programPath(name), ...args]);
const service = (ward: Ward, who: CastMember, name: string, ...args: string[]) =>
  serve(ward, who, {}, node, [programPath(name), ...args]);

async function pumps(ward: Ward): Promise<void> {
  const rie = service(ward, engine, "mllp-engine.mjs", "2575", "RIE^WARDTAP", "EXAMPLE HOSPITAL");
  await listening(ward, engine.host.name, rie, "tcp", 2575);
  const send = (who: CastMember, name: string, message: string) =>
    program(ward, who, "mllp-send.mjs", ipOf(engine), "2575", fileFor(ward, who, name, [message.trimEnd()]));
  await send(pump, "own.hl7", ownReport());
  for (const { reported } of PUMPS) await send(gateway, `${reported}.hl7`, reportFor(reported));
}

async function bedside(ward: Ward): Promise<void> {
  const args = [ipOf(monitor), monitor.host.mac, "BED 5", FAMILY, GIVEN, METER_PATIENT];
  const exporting = service(ward, monitor, "intellivue-monitor.mjs", ...args);
  await listening(ward, monitor.host.name, exporting, "udp", 24105);
  await program(ward, central, "intellivue-central.mjs", ipOf(central));
  await exporting.stop();
}

async function bench(ward: Ward): Promise<void> {
  const manager = service(ward, laboratory, "poct-manager.mjs", "3001");
  const host = service(ward, laboratory, "astm-host.mjs", "4100");
  await listening(ward, laboratory.host.name, manager, "tcp", 3001);
  await listening(ward, laboratory.host.name, host, "tcp", 4100);
  await program(ward, meter, "poct-meter.mjs", ipOf(laboratory), "3001", METER_PATIENT, METER_NAME, OPERATOR);
  await program(ward, analyser, "astm-analyser.mjs", ipOf(laboratory), "4100", SAMPLE_PATIENT, SAMPLE_NAME);
}

async function lungs(ward: Ward): Promise<void> {
  const provider = service(ward, ventilator, "sdc-provider.mjs", ipOf(ventilator), VENTILATED);
  await listening(ward, ventilator.host.name, provider, "tcp", 6464);
  await program(ward, central, "sdc-consumer.mjs", ipOf(central));
}

const clear = (at: CastMember, because: string) => ({ rule: "unencrypted-clinical-data", at, because });

export const medical: Scene = {
  file: "medical.pcap",
  holds:
    "simulated devices: a pump by PCD-01, a gateway for three more, an IntelliVue-style monitor and its central station, a POCT1-A meter, a LIS2 analyser, an SDC ventilator",
  cast: [pump, gateway, engine, monitor, central, meter, analyser, laboratory, ventilator],
  reported: PUMPS,
  secrets: [
    ...Object.values(CANARIES),
    FAMILY,
    GIVEN,
    METER_PATIENT,
    METER_NAME,
    OPERATOR,
    SAMPLE_PATIENT,
    SAMPLE_NAME,
    VENTILATED,
    "CANARYSAMPLE01",
  ],
  findings: [
    clear(pump, "PCD-01 in clear"),
    clear(gateway, "PCD-01 in clear"),
    clear(meter, "POCT1-A in clear"),
    clear(analyser, "LIS2 in clear"),
    {
      rule: "known-vulnerability",
      at: monitor,
      because: "says MX800, software J.10.51: ICSMA-18-156-01 names IntelliVue MP and MX, revisions B to M",
    },
  ],
  nearMisses: [
    "worm-spread",
    "port-scan",
    "address-scan",
    "unencrypted-clinical-data-leaves-site",
    "cleartext-login",
    "upnp",
    "ipnet-stack",
  ],
  proof: [
    ["the pump speaks PCD-01", 'ip.src == 10.20.8.151 && tcp contains "IHE_PCD_001"'],
    ["the gateway speaks for a third pump", `ip.src == 10.20.8.152 && tcp contains "${eui(0xa3)}"`],
    ["the monitor announces itself", "udp.srcport == 24105 && udp.dstport == 24005 && udp contains 0d:17"],
    ["the monitor exports data", "udp.srcport == 24105 && udp.payload[0:4] == e1:00:00:02"],
    ["the meter says hello", 'tcp contains "<HEL.R01>"'],
    ["the analyser sends a header record", 'tcp contains "SYSMEX^XN-550"'],
    ["the ventilator says hello", 'ip.src == 10.20.8.159 && udp.dstport == 3702 && udp contains "MedicalDevice"'],
    ["the ventilator gives its metadata", 'tcp contains "Evita V800"'],
  ],
  play: async (ward) => {
    await Promise.all([pumps(ward), bench(ward)]);
    await bedside(ward);
    await lungs(ward);
  },
};
