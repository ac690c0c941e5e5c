/** Logins that anybody who listens could read: that there was one, and never who or with what. */
import type { Evidence } from "./dissector.ts";

/** The client (who sends) gave a password in clear to the server (who receives). */
export const clearLogin = (protocol: string): Evidence[] => [
  { about: "receiver", attribute: "wardtap.login", value: protocol },
  { about: "sender", attribute: "wardtap.login.sent", value: protocol },
];

/** The client asked to come in as nobody in particular. */
export const anonymousLogin = (protocol: string): Evidence[] => [
  { about: "receiver", attribute: "wardtap.login.anonymous", value: protocol },
];

/** A token instead of a password: it opens as much, for a while. */
export const tokenLogin = (protocol: string): Evidence[] => [
  { about: "receiver", attribute: "wardtap.login.token", value: protocol },
];
