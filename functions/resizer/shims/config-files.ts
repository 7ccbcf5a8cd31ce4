// In the bundle, what the SDK's `fromSharedConfigFiles` is: the link of each setting's chain that reads `~/.aws`. Lambda has
// no such files, and the chain goes on from the environment to the SDK's default.

const NO_FILES = Object.assign(new Error("Lambda has no config files."), { tryNextLink: true });

export function fromSharedConfigFiles(): () => Promise<never> {
  return () => Promise.reject(NO_FILES);
}
