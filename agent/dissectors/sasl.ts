/** Passwords sent by PLAIN or LOGIN: whether it was a documented one; nothing of it is kept. RFC 4616; RFC 4954. */
import { isFactoryLogin, nameDigest } from "./known-logins.ts";

/** Base64 of the longest login that could be a documented one. */
const MAX_LINE = 400;

/** The part of a connection's memory that is about a login. */
export interface LoginState {
  /** What is between a client and a server that asked for a proof. */
  sasl: Sasl | undefined;
  /** A documented login was sent: the server's next word says whether it was accepted. */
  isFactory: boolean;
}

interface Sasl {
  mechanism: "PLAIN" | "LOGIN";
  /** Digest of LOGIN's first answer. */
  name: Buffer | undefined;
}

/** The client names a mechanism. "password" and "token" are readable ones; "" for any other. */
export function startSasl(state: LoginState, mechanism: string): "password" | "token" | "" {
  const name = mechanism.toUpperCase();
  state.sasl = name === "PLAIN" || name === "LOGIN" ? { mechanism: name, name: undefined } : undefined;
  if (state.sasl !== undefined) return "password";
  return name === "XOAUTH2" || name === "OAUTHBEARER" ? "token" : "";
}

/** The client's next answer. True when the server's word on it is of no interest: no documented login was sent. */
export function answerSasl(state: LoginState, line: string): boolean {
  const { sasl } = state;
  if (sasl === undefined) return true;
  const text = line.length > MAX_LINE ? "" : Buffer.from(line, "base64").toString("latin1");
  if (sasl.mechanism === "LOGIN" && sasl.name === undefined) {
    sasl.name = nameDigest(text);
    return false;
  }
  state.isFactory = sasl.name === undefined ? isPlainFactory(text) : isFactoryLogin(sasl.name, text);
  state.sasl = undefined;
  return !state.isFactory;
}

/** PLAIN's one message, RFC 4616: whom to act for, NUL, user, NUL, password. */
export function isPlainFactory(text: string): boolean {
  const [, name, password] = text.split("\0", 4);
  return name !== undefined && password !== undefined && isFactoryLogin(nameDigest(name), password);
}
