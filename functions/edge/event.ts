/** A header or a parameter as CloudFront Functions know it; `multiValue` where it came more than once. */
export interface EdgeValue {
  value: string;
  multiValue?: { value: string }[];
}

/** A viewer's request (CloudFront guide, "CloudFront Functions event structure"). */
export interface EdgeRequest {
  method: string;
  /** The path, percent-encoded as the viewer sent it. */
  uri: string;
  querystring: Record<string, EdgeValue>;
  /** By lower-case name. */
  headers: Record<string, EdgeValue>;
  cookies: Record<string, EdgeValue>;
}

/** An answer that CloudFront gives without asking its cache or an origin. */
export interface EdgeResponse {
  statusCode: number;
  statusDescription: string;
  headers: Record<string, EdgeValue>;
  body: { encoding: "text"; data: string };
}

/** What CloudFront calls the function with before it looks into its cache. */
export interface EdgeEvent {
  readonly version: string;
  readonly context: { readonly requestId: string; readonly eventType: string };
  readonly viewer: { readonly ip: string };
  readonly request: EdgeRequest;
}
