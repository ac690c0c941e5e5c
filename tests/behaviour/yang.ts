/** The part of the YANG models that a MUD file is written by, as a table, and a check by it: RFC 8520, 4; RFC 8519, 4. */

type Leaf = "uint8" | "uint16" | "string" | "uri" | "boolean" | "date-and-time" | "empty" | "direction" | "name";
interface Node {
  /** Leaves by name; a name that ends in ! is mandatory. */
  leaves?: Record<string, Leaf | RegExp>;
  containers?: Record<string, Node>;
  lists?: Record<string, Node>;
  /** Of each of these groups at most one may be there. */
  choices?: string[][];
}

const PORT: Node = {
  leaves: { "lower-port": "uint16", "upper-port": "uint16", operator: /^(eq|neq|lte|gte)$/, port: "uint16" },
  choices: [["lower-port", "port"]],
};
const PORTS = { "source-port": PORT, "destination-port": PORT };
const layer3 = (family: 4 | 6, network: RegExp): Node => ({
  leaves: {
    protocol: "uint8",
    [`destination-ipv${family}-network`]: network,
    [`source-ipv${family}-network`]: network,
    "ietf-acldns:src-dnsname": "string",
    "ietf-acldns:dst-dnsname": "string",
  },
});
const MATCHES: Node = {
  containers: {
    "ietf-mud:mud": {
      leaves: {
        manufacturer: "string",
        "same-manufacturer": "empty",
        model: "uri",
        "local-networks": "empty",
        controller: "uri",
        "my-controller": "empty",
      },
    },
    ipv4: layer3(4, /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/),
    ipv6: layer3(6, /^[0-9a-f:]+\/\d{1,3}$/),
    tcp: { leaves: { "ietf-mud:direction-initiated": "direction" }, containers: PORTS },
    udp: { containers: PORTS },
  },
  choices: [
    ["ipv4", "ipv6"],
    ["tcp", "udp"],
  ],
};
const POLICY: Node = { containers: { "access-lists": { lists: { "access-list": { leaves: { "name!": "name" } } } } } };
const MUD_FILE: Node = {
  containers: {
    "ietf-mud:mud": {
      leaves: {
        "mud-version!": "uint8",
        "mud-url!": "uri",
        "last-update!": "date-and-time",
        "cache-validity": "uint8",
        "is-supported!": "boolean",
        systeminfo: "string",
        "mfg-name": "string",
        "model-name": "string",
      },
      containers: { "from-device-policy": POLICY, "to-device-policy": POLICY },
    },
    "ietf-access-control-list:acls": {
      lists: {
        acl: {
          leaves: { "name!": "name", type: /^ipv[46]-acl-type$/ },
          containers: {
            aces: {
              lists: {
                ace: {
                  leaves: { "name!": "name" },
                  containers: {
                    matches: MATCHES,
                    actions: { leaves: { "forwarding!": /^(accept|drop|reject)$/ } },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

const isUint = (most: number) => (value: unknown) =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most;
const isText = (shape: RegExp) => (value: unknown) => typeof value === "string" && shape.test(value);
const TYPES: Record<Leaf, (value: unknown) => boolean> = {
  uint8: isUint(255),
  uint16: isUint(65_535),
  string: isText(/^[^\p{Cc}]*$/u),
  name: isText(/^.{1,64}$/),
  uri: isText(/^[a-z][a-z0-9+.-]*:\S+$/i),
  boolean: (value) => typeof value === "boolean",
  "date-and-time": isText(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/),
  empty: (value) => JSON.stringify(value) === "[null]",
  direction: isText(/^(to|from)-device$/),
};

/** What is wrong with a MUD file by the models; empty when nothing is. */
export function yangComplaints(file: unknown): string[] {
  const found = check(file, MUD_FILE, "");
  if (found.length > 0) return found;
  const { "ietf-mud:mud": mud, "ietf-access-control-list:acls": acls } = file as {
    "ietf-mud:mud": Record<string, { "access-lists": { "access-list": { name: string }[] } }>;
    "ietf-access-control-list:acls": { acl: { name: string; aces: { ace: { name: string }[] } }[] };
  };
  const names = acls.acl.map(({ name }) => name);
  const asked = ["from-device-policy", "to-device-policy"].flatMap(
    (policy) => mud[policy]?.["access-lists"]["access-list"].map(({ name }) => name) ?? [],
  );
  const twice = (list: string[]) => list.filter((name, at) => list.indexOf(name) !== at);
  return [
    ...asked.filter((name) => !names.includes(name)).map((name) => `no list ${name} (leafref)`),
    ...[...twice(names), ...acls.acl.flatMap(({ aces }) => twice(aces.ace.map(({ name }) => name)))].map(
      (name) => `key ${name} twice`,
    ),
  ];
}

function check(value: unknown, node: Node, at: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at} is no container`];
  const { leaves = {}, containers = {}, lists = {}, choices = [] } = node;
  const types = new Map(Object.entries(leaves).map(([name, type]) => [name.replace("!", ""), type]));
  const missing = Object.keys(leaves).filter((name) => name.endsWith("!") && !(name.slice(0, -1) in value));
  const found = missing.map((name) => `${at}/${name} is missing`);
  for (const choice of choices)
    if (choice.filter((name) => name in value).length > 1) found.push(`${at} has ${choice.join(" and ")}`);
  for (const [name, held] of Object.entries(value)) {
    const path = `${at}/${name}`;
    const type = types.get(name);
    if (type !== undefined) {
      const isRight = type instanceof RegExp ? isText(type) : TYPES[type];
      if (!isRight(held)) found.push(`${path} is ${JSON.stringify(held)}`);
    } else if (name in containers) found.push(...check(held, containers[name]!, path));
    else if (name in lists && Array.isArray(held))
      found.push(...held.flatMap((item, index) => check(item, lists[name]!, `${path}[${index}]`)));
    else found.push(`${path} is in no model`);
  }
  return found;
}
