/** The feed's sentences are plain, bounded and in one line, whatever a device calls itself. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_SENTENCE, plainText } from "../../console/plain-text.ts";
import { changedDeviceText, newDeviceText, newFindingText } from "../../console/store/feed-text.ts";
import { deviceView, findingView } from "../../console/store/views.ts";

const view = (body: Record<string, unknown>) => deviceView("t", "dev-1", body, { lastSeenAt: null, openFindings: 0 });

test("controls and characters that turn text around become a space", () => {
  expect(plainText("a\u0000b\u001b[31mc\u202ed\u2066e\nf\u200bg")).toBe("a b [31mc d e f g");
});

test("long text is cut with an ellipsis, never within a character", () => {
  expect(plainText("x".repeat(400))).toBe(`${"x".repeat(MAX_SENTENCE - 1)}…`);
  expect(plainText("💉".repeat(10), 6)).toBe("💉💉…");
});

test("any text becomes one bounded printable line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 2000 }), (text) => {
      const plain = plainText(text);
      expect(plain.length).toBeLessThanOrEqual(MAX_SENTENCE);
      expect(plain).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test("a device with no name is called by what is known of it", () => {
  expect(newDeviceText(view({ class: "infusion-pump", maker: "Hospira" }))).toBe("New infusion pump: Hospira");
  expect(newDeviceText(view({ ips: ["10.0.0.1"] }))).toBe("New device: 10.0.0.1");
  expect(newDeviceText(view({}))).toBe("New device: dev-1");
});

test("a change says what changed, and a change of nothing people watch says nothing", () => {
  const before = view({ names: ["A"], model: "1", ips: ["10.0.0.1"] });
  const after = view({ names: ["A"], model: "2", ips: ["10.0.0.1", "10.0.0.2"] });
  expect(changedDeviceText(before, after)).toBe("A: model is now 2; new address 10.0.0.2");
  expect(changedDeviceText(before, view({ names: ["A"], model: "1", ips: ["10.0.0.1"], why: "x" }))).toBeNull();
});

test("a finding's line names severity and device", () => {
  const found = findingView("t", "f", { severity: "high", title: "Login in clear text" }, "dev-1");
  expect(newFindingText(found, view({ names: ["ICU-1"] }))).toBe("High: Login in clear text (ICU-1)");
});
