import type { PolicyResource } from "@pulumi/policy";
import { propertyOf, type Json } from "../kit/json";
import { attempt, judgeEach } from "../kit/unknown";

/** What answers requests, and the properties that say under which hosts or URLs. */
const SERVERS: Readonly<Record<string, readonly string[]>> = {
  "aws:apigatewayv2/api:Api": ["apiEndpoint"],
  "aws:apigatewayv2/domainName:DomainName": ["domainName"],
  "aws:apigateway/stage:Stage": ["invokeUrl"],
  "aws:apigateway/domainName:DomainName": ["domainName"],
  "aws:lambda/functionUrl:FunctionUrl": ["functionUrl"],
  "aws:cloudfront/distribution:Distribution": ["domainName", "aliases"],
};

/** The resources of a stack that answer requests. */
export function serversOf(resources: readonly PolicyResource[]): readonly PolicyResource[] {
  return resources.filter(({ type }) => type in SERVERS);
}

/** The hosts, in lower case, that some resources answer under, as far as they are known. */
export function hostsOf(servers: readonly PolicyResource[]): ReadonlySet<string> {
  const hosts = new Set<string>();
  const add = (value: Json): void => {
    if (typeof value === "string")
      hosts.add(
        value
          .replace(/^https?:\/\//, "")
          .replace(/[/:].*$/, "")
          .toLowerCase(),
      );
  };
  for (const { type, props } of servers) {
    for (const property of SERVERS[type] ?? []) {
      attempt(() => {
        judgeEach(propertyOf(props, property), add);
      });
    }
  }
  return hosts;
}
