/** Mail read and sent with passwords in clear: dovecot's IMAP and POP3, and its submission service, visited by curl. */
import { listening } from "../hosts/wait.ts";
import { castMember, fileFor, folderOf, ipOf, type Scene, serve, use } from "./scene.ts";

const USER = "canarymailuser";
const PASSWORD = "CanaryMailSecret1";
const LINUX = { os: ["Linux"] };

const post = castMember(
  { name: "mail", number: 71, oui: "00:50:56", hostname: "ward8-mail" },
  { ...LINUX, class: ["server"] },
  'IMAP and POP3 greetings "Dovecot (Debian) ready"',
);
const reader = castMember(
  { name: "mail-pc", number: 72, oui: "18:66:da", hostname: "ward8-pc-i" },
  { ...LINUX, maker: ["Dell", "Dell Inc."] },
  "OUI 18:66:DA; Linux TCP SYN",
);

/** Without SASL, as old mail programs do it: POP3's USER and PASS (RFC 1939, 7), IMAP's LOGIN (RFC 3501, 6.2.3). */
const BY_HAND = `
say() { sleep 0.2; printf '%s\\r\\n' "$1"; }
{ say "USER $2"; say "PASS $3"; say QUIT; } | busybox nc "$1" 110
{ say "a1 LOGIN $2 $3"; say "a2 LOGOUT"; } | busybox nc "$1" 143
`;

export const mail: Scene = {
  file: "mail.pcap",
  holds: "dovecot (IMAP, POP3) and curl, with a password in clear",
  cast: [post, reader],
  secrets: [USER, PASSWORD, Buffer.from(PASSWORD).toString("base64")],
  findings: [{ rule: "cleartext-login", at: post, because: "IMAP LOGIN and POP3 PASS in clear, accepted" }],
  nearMisses: ["default-login", "port-scan", "ftp", "telnet"],
  proof: [
    ["dovecot accepts an IMAP login", 'imap.response contains "Logged in"'],
    ["dovecot accepts a POP3 login", 'pop.response.description contains "Logged in"'],
  ],
  play: async (ward) => {
    const letters = folderOf(ward, post, "letters");
    const config = fileFor(ward, post, "dovecot.conf", [
      "protocols = imap pop3",
      "listen = *",
      "base_dir = /run/dovecot",
      "state_dir = /run/dovecot",
      "log_path = /dev/stderr",
      "ssl = no",
      "disable_plaintext_auth = no",
      "auth_mechanisms = plain login",
      `mail_location = maildir:${letters}`,
      "mail_uid = 65534",
      "mail_gid = 65534",
      "first_valid_uid = 1",
      "passdb {",
      "  driver = static",
      `  args = password=${PASSWORD}`,
      "}",
      "userdb {",
      "  driver = static",
      `  args = uid=65534 gid=65534 home=${letters}`,
      "}",
    ]);
    await use(ward, post, {}, "chown", ["65534:65534", letters]);
    const dovecot = serve(ward, post, { run: ["/run/dovecot"] }, "dovecot", ["-F", "-c", config]);
    await listening(ward, "mail", dovecot, "tcp", 143);
    const login = ["-sS", "-m", "10", "-u", `${USER}:${PASSWORD}`];
    await use(ward, reader, {}, "curl", [...login, "--login-options", "AUTH=LOGIN", `imap://${ipOf(post)}/`]);
    await use(ward, reader, {}, "curl", [...login, `pop3://${ipOf(post)}/`]);
    await use(ward, reader, {}, "/bin/sh", ["-uc", BY_HAND, "by hand", ipOf(post), USER, PASSWORD]);
  },
};
