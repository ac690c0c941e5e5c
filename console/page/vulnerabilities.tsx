/** Known vulnerabilities of a device: verdict in words, scores beside their sources, and what is being exploited. */
import type { VulnerabilityView } from "../api/shapes-detail.ts";
import { advisoryAddress } from "./route.ts";
import { Said } from "./said.tsx";
import { Tag } from "./tag.tsx";
import { verdictMeans, verdictTag } from "./words.ts";

export function Marks({ kev, ransomware }: { kev: boolean; ransomware: boolean }) {
  return (
    <>
      {kev && <Tag words="Known to be exploited (KEV)" colour="red" />}{" "}
      {ransomware && <Tag words="Used by ransomware" colour="red" />}
    </>
  );
}

export function Scores({ scores }: { scores: { value: number; source: string }[] }) {
  if (scores.length === 0) return <span class="wt-none">no score given</span>;
  return (
    <>
      {scores.map(({ value, source }, at) => (
        <span key={`${source} ${value}`}>
          {at > 0 && " · "}
          <strong>{value.toFixed(1)}</strong>{" "}
          <span class="wt-quiet">
            by <Said text={source} max={40} />
          </span>
        </span>
      ))}
    </>
  );
}

export function VulnerabilityList({ vulnerabilities }: { vulnerabilities: VulnerabilityView[] }) {
  return (
    <ul class="wt-finding-list">
      {vulnerabilities.map((each) => (
        <li key={`${each.cve} ${each.advisory}`} class="wt-group">
          <Tag {...verdictTag(each.verdict)} />{" "}
          <strong>
            <Said text={each.cve} max={40} />
          </strong>{" "}
          <Marks kev={each.kev} ransomware={each.ransomware} />
          <p>
            Score: <Scores scores={each.scores} />
          </p>
          <p class="wt-quiet">
            {verdictMeans(each.verdict) && <>{verdictMeans(each.verdict)} · </>}
            {each.why !== "" && (
              <>
                <Said text={each.why} /> ·{" "}
              </>
            )}
            {each.advisory !== "" && (
              <>
                advisory{" "}
                <a href={advisoryAddress(each.advisory)}>
                  <Said text={each.advisory} max={60} />
                </a>
              </>
            )}
          </p>
        </li>
      ))}
    </ul>
  );
}
