/** AWS's own policies that let their holder do anything to any bucket. */
const FULL_ACCESS =
  /^arn:aws[a-z-]*:iam::aws:policy\/(?:.*\/)?(AmazonS3FullAccess|AdministratorAccess|PowerUserAccess)$/i;

/** The name of the full-access policy that an ARN stands for, in any partition; undefined for any other. */
export function fullAccessPolicy(arn: string): string | undefined {
  return FULL_ACCESS.exec(arn.trim())?.[1];
}
