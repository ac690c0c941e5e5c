/** Every scene of the protocol day; the longest first, so that the others play beside them. */
import { pairOfAddressServers, secondAddressServer } from "./address-servers.ts";
import { building } from "./building.ts";
import { movedAddress, replacedGateway, sameAddress, takenPlace } from "./claimed-addresses.ts";
import { factoryLogins, ownLogins } from "./default-logins.ts";
import { oldEncryption, soundEncryption } from "./encryption.ts";
import { oldFileSharing, soundFileSharing } from "./file-sharing.ts";
import { anonymousTransfer, plainLogins } from "./file-transfer.ts";
import { newerAddresses } from "./ipv6.ts";
import { mail } from "./mail.ts";
import { plainManagement, soundManagement } from "./management.ts";
import { medical } from "./medical.ts";
import { messaging } from "./messaging.ts";
import { nameTunnel, ordinaryNames } from "./names.ts";
import { currentSystem, oldSystem } from "./old-system.ts";
import { inward, outward } from "./outside.ts";
import { printing } from "./print.ts";
import { pairOfRouters, secondRouter } from "./routers.ts";
import { fewPortsAndAddresses, portsAndAddresses, spreading } from "./scans.ts";
import type { Scene } from "./scene.ts";
import { screens } from "./screens.ts";
import { smallServices } from "./services.ts";
import { oldShell, soundShell } from "./shell-access.ts";
import { plugAndPlay } from "./upnp.ts";
import { digestLogin, webLogins } from "./web-logins.ts";

export const scenes: readonly Scene[] = [
  medical,
  smallServices,
  takenPlace,
  newerAddresses,
  oldFileSharing,
  plainLogins,
  factoryLogins,
  ownLogins,
  oldEncryption,
  oldShell,
  soundFileSharing,
  plainManagement,
  soundManagement,
  soundShell,
  anonymousTransfer,
  soundEncryption,
  webLogins,
  digestLogin,
  mail,
  plugAndPlay,
  printing,
  messaging,
  screens,
  building,
  outward,
  inward,
  oldSystem,
  currentSystem,
  sameAddress,
  movedAddress,
  replacedGateway,
  secondAddressServer,
  pairOfAddressServers,
  portsAndAddresses,
  spreading,
  fewPortsAndAddresses,
  nameTunnel,
  ordinaryNames,
  secondRouter,
  pairOfRouters,
];
