import { behavioursOf, DISTRIBUTION } from "../lib/cloudfront";
import { resourceRule } from "../lib/rule";
import { checkAll } from "../lib/unknown";
import { isAbsent, propertyOf, shown } from "../lib/values";

const HTTPS_POLICIES = ["redirect-to-https", "https-only"];
/** Names of CloudFront's security policies with at least TLS 1.2: TLSv1.2_2021, TLSv1.3_2025. */
const TLS_1_2 = /^TLSv1\.[23]_\d{4}$/;
const CERTIFICATES = ["acmCertificateArn", "iamCertificateId"];

/** Viewers use TLS, and at least TLS 1.2 where the stack has its own certificate. */
export const cdnHttpsOnly = resourceRule(
  {
    name: "cdn-https-only",
    description: "A distribution serves viewers over HTTPS only.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps:
      "Set viewerProtocolPolicy to redirect-to-https on every behaviour, and minimumProtocolVersion to TLSv1.2_2021.",
  },
  [DISTRIBUTION],
  {},
  ({ props }, report) => {
    checkAll([
      ...behavioursOf((property) => propertyOf(props, property)).map(({ label, value }) => () => {
        const policy = propertyOf(value, "viewerProtocolPolicy");
        if (typeof policy === "string" && HTTPS_POLICIES.includes(policy)) return;
        const state = isAbsent(policy) ? "no viewerProtocolPolicy" : `the viewerProtocolPolicy ${shown(policy)}`;
        report(`${label} has ${state}`, `Set it to ${HTTPS_POLICIES.join(" or ")}`);
      }),
      () => {
        const certificate = propertyOf(props, "viewerCertificate");
        // With CloudFront's own certificate the minimum is always TLSv1. The key of a certificate may hold an unknown.
        const isOwn = Object.keys(certificate ?? {}).some((key) => CERTIFICATES.includes(key));
        const minimum = propertyOf(certificate, "minimumProtocolVersion");
        if (!isOwn || (typeof minimum === "string" && TLS_1_2.test(minimum))) return;
        report(
          `minimumProtocolVersion is ${isAbsent(minimum) ? "not set, which is TLSv1" : shown(minimum)}`,
          "Set it to TLSv1.2_2021 or later",
        );
      },
    ]);
  },
);
