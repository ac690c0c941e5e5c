/** What is known of a device, as a list of facts: for its panel and for its page. */
import type { DeviceView, TapView } from "../api/shapes.ts";
import { classWords } from "../class-words.ts";
import { Fact, TextFact } from "./parts.tsx";
import { Said, SaidList } from "./said.tsx";
import { When } from "./when.tsx";

/** Facts are read by people: longer lists and texts end there, with their length. */
const MAX_LISTED = 20;
const MAX_TEXT = 2000;

export function DeviceFacts({ device, tap, now }: { device: DeviceView; tap: TapView | undefined; now: number }) {
  return (
    <dl class="wt-facts">
      <Fact name="What it is">
        <Said text={classWords(device.class)} max={80} /> · {Math.round(device.confidence * 100)} % sure
      </Fact>
      <Fact name="Why we think so">
        <Said text={device.why || "Nothing it said tells what it is yet."} max={MAX_TEXT} />
      </Fact>
      <TextFact name="Maker" text={device.maker} always />
      <TextFact name="Model" text={device.model} always />
      <TextFact name="Version" text={device.version} />
      <TextFact name="Serial number" text={device.serial} />
      <TextFact name="Operating system" text={device.os} />
      <Fact name="Names it gives itself">
        <SaidList texts={device.names} show={MAX_LISTED} />
      </Fact>
      <Fact name="IP addresses">
        <SaidList texts={device.ips} show={MAX_LISTED} mono />
      </Fact>
      <Fact name="MAC addresses">
        <SaidList texts={device.macs} show={MAX_LISTED} mono />
      </Fact>
      <Fact name="VLANs">
        <SaidList texts={device.vlans.map(String)} show={MAX_LISTED} mono />
      </Fact>
      {device.roles.length > 0 && (
        <Fact name="Roles">
          <SaidList texts={device.roles} show={MAX_LISTED} />
        </Fact>
      )}
      <Fact name="Heard by">
        <Said text={tap?.name || device.tapId} max={120} />
      </Fact>
      <Fact name="First seen">
        <When at={device.firstSeenAt} now={now} /> (<When at={device.firstSeenAt} now={now} as="exact" />)
      </Fact>
      <Fact name="Last seen">
        <When at={device.lastSeenAt} now={now} /> (<When at={device.lastSeenAt} now={now} as="exact" />)
      </Fact>
      <Fact name="Ids">
        <span class="wt-mono">
          <Said text={device.registerId} /> · <Said text={device.deviceId} />
        </span>
      </Fact>
    </dl>
  );
}
