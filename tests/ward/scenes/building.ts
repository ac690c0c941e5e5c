/** The building's own: a room controller on BACnet/IP and a PLC on Modbus/TCP, asked by the management station. */
import { programPath } from "../hosts/programs.ts";
import { listening } from "../hosts/wait.ts";
import { castMember, ipOf, type Scene, serve, use } from "./scene.ts";

const INSTANCE = "208142";
/** Delta Controls in ASHRAE's list of vendor ids. */
const DELTA = "8";

const controller = castMember(
  { name: "bacnet", number: 142, oui: "00:40:ae", hostname: "ward8-ahu" },
  {
    class: ["building-control"],
    maker: ["Delta Controls", "Delta Controls, Inc."],
    model: ["DAC-606"],
    names: ["WARD8-AHU-01"],
  },
  "BACnet I-Am with vendor id 8, model-name DAC-606, object-name WARD8-AHU-01; OUI 00:40:AE",
);
const plc = castMember(
  { name: "modbus", number: 143, oui: "00:80:f4", hostname: "ward8-plc" },
  {
    class: ["building-control"],
    maker: ["Schneider Electric", "Telemecanique", "Telemecanique Electrique"],
    model: ["BMX P34 2020"],
  },
  "Modbus device identification Schneider Electric, BMX P34 2020; OUI 00:80:F4 (Telemecanique)",
);
const station = castMember(
  { name: "bms", number: 144, oui: "00:50:56", hostname: "ward8-bms" },
  {},
  "asks the controllers",
);

export const building: Scene = {
  file: "building.pcap",
  holds:
    "simulated BACnet/IP controller (I-Am, ReadProperty) and Modbus/TCP PLC (device identification), and who asks them",
  cast: [controller, plc, station],
  secrets: [],
  findings: [],
  nearMisses: ["port-scan", "address-scan", "unencrypted-clinical-data", "cleartext-login"],
  proof: [
    ["the controller says I-Am", "bacapp.unconfirmed_service == 0"],
    ["the controller tells its model", 'bacapp && frame contains "DAC-606"'],
    ["the PLC identifies itself", "modbus.func_code == 43 && tcp.srcport == 502"],
  ],
  play: async (ward) => {
    const node = process.execPath;
    const own = [INSTANCE, DELTA, "Delta Controls", "DAC-606", "3.40", "WARD8-AHU-01"];
    const bacnet = serve(ward, controller, {}, node, [programPath("bacnet-controller.mjs"), ipOf(controller), ...own]);
    await listening(ward, "bacnet", bacnet, "udp", 47808);
    const modbus = serve(ward, plc, {}, node, [
      programPath("modbus-plc.mjs"),
      "Schneider Electric",
      "BMX P34 2020",
      "V2.60",
    ]);
    await listening(ward, "modbus", modbus, "tcp", 502);
    await use(ward, station, {}, node, [programPath("bacnet-ask.mjs"), ipOf(station), INSTANCE]);
    await use(ward, station, {}, node, [programPath("modbus-ask.mjs"), ipOf(plc)]);
  },
};
