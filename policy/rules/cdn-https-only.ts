import { behavioursOf } from "../aws/behaviours";
import { isAbsent, propertyOf, shown } from "../kit/json";
import { resourceRule } from "../kit/rule";
import { judgeAll } from "../kit/unknown";

const HTTPS_POLICIES = ["redirect-to-https", "https-only"];
/** Names of CloudFront's security policies with TLS 1.2 at least: TLSv1.2_2021, TLSv1.3_2025. */
const TLS_1_2 = /^TLSv1\.[23]_\d{4}$/;
const CERTIFICATES = ["acmCertificateArn", "iamCertificateId"];

/** Viewers talk TLS to the CDN, and TLS 1.2 where the certificate is the stack's own. */
export const cdnHttpsOnly = resourceRule(
  {
    name: "cdn-https-only",
    description: "A distribution serves viewers over HTTPS only.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps:
      "Set viewerProtocolPolicy to redirect-to-https on every behaviour, and minimumProtocolVersion to TLSv1.2_2021.",
  },
  ["aws:cloudfront/distribution:Distribution"],
  {},
  ({ props }, report) => {
    judgeAll([
      ...behavioursOf((property) => propertyOf(props, property)).map(({ label, value }) => () => {
        const policy = propertyOf(value, "viewerProtocolPolicy");
        if (typeof policy === "string" && HTTPS_POLICIES.includes(policy)) return;
        report(
          isAbsent(policy)
            ? `${label} has no viewerProtocolPolicy`
            : `${label} has the viewerProtocolPolicy ${shown(policy)}`,
          `Set it to ${HTTPS_POLICIES.join(" or ")}`,
        );
      }),
      () => {
        const certificate = propertyOf(props, "viewerCertificate");
        // With CloudFront's own certificate the minimum is TLSv1, whatever is asked for. One that is set may be unknown.
        const own = Object.keys(certificate ?? {}).some((key) => CERTIFICATES.includes(key));
        const minimum = propertyOf(certificate, "minimumProtocolVersion");
        if (!own || (typeof minimum === "string" && TLS_1_2.test(minimum))) return;
        report(
          `minimumProtocolVersion is ${isAbsent(minimum) ? "not set, which is TLSv1" : shown(minimum)}`,
          "Set it to TLSv1.2_2021 or later",
        );
      },
    ]);
  },
);
