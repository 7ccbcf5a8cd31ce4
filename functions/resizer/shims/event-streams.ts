// In the bundle, what the S3 client takes of `@smithy/core/event-streams` as it loads. Of all operations only
// SelectObjectContent streams events; it is not to be used here, and would fail.

export function resolveEventStreamSerdeConfig<T>(config: T): T {
  return config;
}

export function eventStreamSerdeProvider(): never {
  throw new Error("The bundle has no event streams.");
}

/** Made with `new` where a stream is to be read. */
export const EventStreamSerde = eventStreamSerdeProvider;
