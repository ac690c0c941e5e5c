/** Logins over clear HTTP: nginx with Basic and a posted form; and lighttpd with Digest, which gives no password away. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { listening } from "../hosts/wait.ts";
import type { Ward } from "../ward.ts";
import { type CastMember, castMember, fileFor, folderOf, ipOf, type Scene, serve, use } from "./scene.ts";

const BASIC_USER = "canarybasicuser";
const BASIC_PASSWORD = "CanaryBasicSecret1";
const FORM_USER = "canaryformuser";
const FORM_PASSWORD = "CanaryFormSecret1";
const SEARCH = "CANARYSEARCHTERM";
const COOKIE = "CANARYCOOKIE0001";
const DIGEST_USER = "canarydigestuser";
const DIGEST_PASSWORD = "CanaryDigestSecret1";
const LINUX = { os: ["Linux"] };
const DELL = ["Dell", "Dell Inc."];
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const CURL = ["-sS", "-m", "10", "-o", "/dev/null", "-A", FIREFOX];

const portal = castMember(
  { name: "web-basic", number: 61, oui: "00:50:56", hostname: "ward8-portal" },
  {},
  "answers HTTP as nginx",
);
const portalVisitor = castMember(
  { name: "web-pc-a", number: 62, oui: "18:66:da", hostname: "ward8-pc-g" },
  { ...LINUX, maker: DELL, class: ["workstation", "laptop"] },
  "OUI 18:66:DA; browses with Firefox on Linux",
);
const digest = castMember(
  { name: "web-digest", number: 63, oui: "00:50:56", hostname: "ward8-digest" },
  {},
  "answers HTTP as lighttpd",
);
const digestVisitor = castMember(
  { name: "web-pc-b", number: 64, oui: "18:66:da", hostname: "ward8-pc-h" },
  { ...LINUX, maker: DELL, class: ["workstation", "laptop"] },
  "OUI 18:66:DA; browses with Firefox on Linux",
);

/** nginx with pages, a part of them for one user by Basic, and a form. */
export async function startPortal(ward: Ward, server: CastMember, user: string, password: string): Promise<void> {
  const root = folderOf(ward, server, "pages");
  writeFileSync(join(root, "index.html"), "<title>Ward 8 portal</title>\n");
  const { stdout } = await ward.run(server.host.name, "openssl", ["passwd", "-apr1", password]);
  const people = fileFor(ward, server, "people", [`${user}:${stdout.trim()}`]);
  const config = fileFor(ward, server, "nginx.conf", [
    "user root; daemon off; master_process off; pid /run/nginx.pid; error_log stderr;",
    "events { worker_connections 64; }",
    "http {",
    "  access_log off; client_body_temp_path /run/body;",
    ...["proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `  ${kind}_temp_path /run/${kind};`),
    "  server {",
    `    listen 80; root ${root};`,
    `    location /staff { auth_basic "Ward 8 staff"; auth_basic_user_file ${people}; try_files /index.html =404; }`,
    "    location /login { error_page 405 =200 /index.html; }",
    "  }",
    "}",
  ]);
  const nginx = serve(ward, server, { empty: ["/var/log/nginx", "/var/lib/nginx"] }, "nginx", ["-c", config]);
  await listening(ward, server.host.name, nginx, "tcp", 80);
}

export const webLogins: Scene = {
  file: "http.pcap",
  holds: "nginx with Basic authentication and a login form, curl",
  cast: [portal, portalVisitor],
  secrets: [
    BASIC_USER,
    BASIC_PASSWORD,
    FORM_USER,
    FORM_PASSWORD,
    SEARCH,
    COOKIE,
    Buffer.from(`${BASIC_USER}:${BASIC_PASSWORD}`).toString("base64"),
  ],
  findings: [{ rule: "cleartext-login", at: portal, because: "HTTP Basic and a form with a password over clear HTTP" }],
  nearMisses: ["default-login", "port-scan"],
  proof: [
    ["curl logs in by Basic and nginx lets it in", "http.authbasic"],
    ["curl posts a form", "http.request.method == POST && urlencoded-form"],
    ["nginx asks for a login", "http.response.code == 401"],
  ],
  play: async (ward) => {
    await startPortal(ward, portal, BASIC_USER, BASIC_PASSWORD);
    const url = `http://${ipOf(portal)}`;
    const form = `username=${FORM_USER}&password=${FORM_PASSWORD}`;
    await use(ward, portalVisitor, {}, "curl", [...CURL, `${url}/staff`]);
    await use(ward, portalVisitor, {}, "curl", [
      ...CURL,
      "-f",
      "-u",
      `${BASIC_USER}:${BASIC_PASSWORD}`,
      `${url}/staff`,
    ]);
    await use(ward, portalVisitor, {}, "curl", [...CURL, "-d", form, "-b", `session=${COOKIE}`, `${url}/login`]);
    await use(ward, portalVisitor, {}, "curl", [...CURL, `${url}/?search=${SEARCH}`]);
  },
};

export const digestLogin: Scene = {
  file: "http-sound.pcap",
  holds: "lighttpd with Digest authentication, curl",
  cast: [digest, digestVisitor],
  secrets: [DIGEST_USER, DIGEST_PASSWORD],
  findings: [],
  nearMisses: ["cleartext-login", "default-login", "high+"],
  proof: [["curl logs in by Digest and lighttpd lets it in", 'http.authorization contains "Digest"']],
  play: async (ward) => {
    const root = folderOf(ward, digest, "pages");
    writeFileSync(join(root, "index.html"), "<title>Ward 8 plant room</title>\n");
    const realm = "Ward 8";
    const people = fileFor(ward, digest, "people", [`${DIGEST_USER}:${realm}:${digestOf(realm)}`]);
    const config = fileFor(ward, digest, "lighttpd.conf", [
      'server.modules = ("mod_auth", "mod_authn_file")',
      `server.document-root = "${root}"`,
      "server.port = 80",
      'index-file.names = ("index.html")',
      'auth.backend = "htdigest"',
      `auth.backend.htdigest.userfile = "${people}"`,
      `auth.require = ("/" => ("method" => "digest", "realm" => "${realm}", "require" => "valid-user"))`,
    ]);
    await listening(ward, "web-digest", serve(ward, digest, {}, "lighttpd", ["-D", "-f", config]), "tcp", 80);
    const login = ["--digest", "-u", `${DIGEST_USER}:${DIGEST_PASSWORD}`];
    await use(ward, digestVisitor, {}, "curl", [...CURL, "-f", ...login, `http://${ipOf(digest)}/`]);
  },
};

/** HA1 of RFC 2617, 3.2.2.2: what a server keeps of a Digest password. */
const digestOf = (realm: string) =>
  createHash("md5").update(`${DIGEST_USER}:${realm}:${DIGEST_PASSWORD}`).digest("hex");
