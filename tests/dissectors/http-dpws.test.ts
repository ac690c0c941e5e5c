import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import http from "../../agent/dissectors/http.ts";
import { dpwsMetadata } from "../../agent/dissectors/http-dpws.ts";
import { ascii, canary } from "./bytes.ts";
import { everything, expectBounded, read, values } from "./hostile.ts";

const METADATA = `<s12:Envelope xmlns:dpws="http://docs.oasis-open.org/ws-dd/ns/dpws/2009/01" xmlns:m="http://standards.ieee.org/downloads/11073/11073-20702-2016"><s12:Body><dpws:ThisModel><dpws:Manufacturer xml:lang="en">Dr&amp;ger</dpws:Manufacturer><dpws:ModelName>Evita V800</dpws:ModelName><dpws:PresentationUrl>http://x/${canary("page")}</dpws:PresentationUrl></dpws:ThisModel><dpws:ThisDevice><dpws:FriendlyName>ITU-VENT-3</dpws:FriendlyName><dpws:FirmwareVersion>2.51</dpws:FirmwareVersion><dpws:SerialNumber>ASKF-0001</dpws:SerialNumber></dpws:ThisDevice><dpws:Types>dpws:Device m:MedicalDevice</dpws:Types></s12:Body></s12:Envelope>`;
const answer = (body: string) =>
  ascii(
    `HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml; charset=utf-8\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );

describe("DPWS metadata", () => {
  test("tells maker, model, version and serial number", () =>
    expect(dpwsMetadata(ascii(METADATA))).toEqual([
      ["dpws.manufacturer", "Dr&ger"],
      ["dpws.model_name", "Evita V800"],
      ["dpws.friendly_name", "ITU-VENT-3"],
      ["dpws.firmware_version", "2.51"],
      ["dpws.serial_number", "ASKF-0001"],
      ["sdc.type", "MedicalDevice"],
    ]));
  test("in an answer is about who answers", () => {
    const { evidence } = read(http, answer(METADATA), flowOf({ transport: "tcp" }));
    expect(evidence.filter(({ attribute }) => attribute === "dpws.model_name")).toMatchObject([
      { about: "sender", value: "Evita V800" },
    ]);
    expect(everything(http, answer(METADATA))).not.toContain("CANARY");
  });
  test("is not what SDC sends of patients", () => {
    const report = `<msg:GetContextStatesResponse><pm:Givenname>${canary("name")}</pm:Givenname><SerialNumber>1</SerialNumber></msg:GetContextStatesResponse>`;
    expect(dpwsMetadata(ascii(report))).toEqual([]);
  });
  test("of hostile lengths stays bounded", () => {
    const long = METADATA.replace("Evita V800", "x".repeat(100_000));
    expectBounded(read(http, answer(long), flowOf({ transport: "tcp" })).evidence);
    expect(values(read(http, answer(METADATA.replaceAll(">", "> ".repeat(9))), flowOf()).evidence, "dpws.x")).toEqual(
      [],
    );
  });
});
