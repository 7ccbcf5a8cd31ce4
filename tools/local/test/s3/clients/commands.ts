// The commands of each S3 client that the tests run, and their expected output.

/** A command of a client. In its words, `{url}`, `{host}`, `{folder}`, `{id}` and `{secret}` stand for those of a test. */
export interface ClientCommand {
  readonly args: readonly string[];
  /** Exit code. Default: 0. */
  readonly code?: number;
  /** Part of what it prints, or the status of the URL that it prints, when the URL is requested. */
  readonly prints?: string;
  readonly presigns?: number;
  /** It is run wherever the client is installed. The others are run when they are recorded, and replayed. */
  readonly live?: true;
}

/** A client, the words that all its commands begin with, and how it is told keys and endpoint. */
export interface Client {
  readonly name: string;
  readonly program: string;
  readonly versionArgs: readonly string[];
  readonly before: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly commands: readonly ClientCommand[];
}

const B = "s3://photos";
const NO_ACLS = "AccessControlListNotSupported";
const command = (args: string, rest: Omit<ClientCommand, "args"> = {}): ClientCommand => ({
  args: args.split(" ").map((word) => word.replaceAll("%20", " ")),
  ...rest,
});

const KEYS = {
  AWS_ACCESS_KEY_ID: "{id}",
  AWS_SECRET_ACCESS_KEY: "{secret}",
  AWS_DEFAULT_REGION: "eu-central-1",
  AWS_CONFIG_FILE: "{folder}/none",
  AWS_SHARED_CREDENTIALS_FILE: "{folder}/none",
};

const aws: Client = {
  name: "aws",
  program: "aws",
  versionArgs: ["--version"],
  before: ["--endpoint-url", "{url}"],
  env: KEYS,
  commands: [
    command("s3 ls", { prints: "photos" }),
    command(`s3 ls ${B}`, { prints: "PRE p_1/" }),
    command(`s3 ls --recursive ${B}/p_1/`, { prints: "p_1/b c+d.jpg" }),
    command(`s3 cp {folder}/note.txt ${B}/n/ --acl private --storage-class STANDARD`, { prints: "upload:" }),
    command(`s3 cp {folder}/note.txt ${B}/n/ --acl bucket-owner-full-control`, { prints: "upload:" }),
    command(`s3 cp {folder}/note.txt ${B}/n/ --acl public-read`, { code: 1, prints: NO_ACLS }),
    command(`s3 cp {folder}/note.txt ${B}/n/ --storage-class GLACIER`, { code: 1, prints: "NotImplemented" }),
    command(`s3 cp {folder}/big.bin ${B}/n/`, { prints: "upload:", live: true }),
    command(`s3 cp ${B}/top.jpg -`, { prints: "top" }),
    command(`s3 cp ${B}/large.bin {folder}/back.bin`, { prints: "download:" }),
    command(`s3 cp ${B}/p_1/b%20c+d.jpg ${B}/n/copy.jpg`, { prints: "copy:" }),
    command(`s3 cp ${B}/large.bin ${B}/n/large.bin`, { prints: "copy:" }),
    command(`s3 mv ${B}/top.jpg ${B}/n/top.jpg`, { prints: "move:" }),
    command(`s3 sync {folder}/up ${B}/up`, { prints: "upload:", live: true }),
    command(`s3 sync ${B}/p_1 {folder}/down --delete`, { prints: "download:" }),
    command(`s3 rm ${B}/top.jpg`, { prints: "delete:" }),
    command(`s3 rm --recursive ${B}/p_1`, { prints: "delete:", live: true }),
    command("s3 mb s3://other", { code: 1, prints: "NotImplemented" }),
    command(`s3 presign ${B}/top.jpg`, { presigns: 200 }),
    command(`--region us-east-1 s3 presign ${B}/top.jpg`, { presigns: 400 }),
    command("s3api head-bucket --bucket photos"),
    command("s3api get-bucket-location --bucket photos", { prints: "null" }),
    command("s3api get-bucket-versioning --bucket photos", { code: 255, prints: "NotImplemented" }),
    command("s3api list-objects --bucket photos --delimiter / --page-size 1", { prints: "top.jpg" }),
    command("s3api list-objects-v2 --bucket photos --prefix p --page-size 1", { prints: "p_1/b c+d.jpg" }),
    command("s3api head-object --bucket photos --key top.jpg", { prints: '"ContentLength": 3' }),
    command("s3api get-object --bucket photos --key top.jpg --range bytes=1-2 {folder}/part", {
      prints: "bytes 1-2/3",
    }),
    command("s3api delete-objects --bucket photos --delete Objects=[{Key=top.jpg},{Key=none}]", { prints: "none" }),
  ],
};

/** A program of one statement. */
const python = (statement: string, rest: Omit<ClientCommand, "args"> = {}): ClientCommand => ({
  args: ["-c", `import boto3; s3 = boto3.client("s3", endpoint_url="{url}"); ${statement}`],
  ...rest,
});

const boto3: Client = {
  name: "boto3",
  program: "python3",
  versionArgs: ["-c", "import boto3; print(boto3.__version__)"],
  before: [],
  env: KEYS,
  commands: [
    python(`print(s3.list_buckets()["Buckets"])`, { prints: "photos" }),
    python(`print([o["Key"] for o in s3.list_objects(Bucket="photos")["Contents"]])`, { prints: "b c+d.jpg" }),
    python(`s3.upload_file("{folder}/note.txt", "photos", "n/note.txt", ExtraArgs={"Metadata": {"a": "b"}})`),
    python(`s3.upload_file("{folder}/big.bin", "photos", "n/big.bin")`),
    python(
      `s3.put_object(Bucket="photos", Key="n", Body=b"n", IfNoneMatch="*", Tagging="a=b", CacheControl="no-cache")`,
      { live: true },
    ),
    python(`s3.download_file("photos", "large.bin", "{folder}/back.bin")`),
    python(`s3.copy_object(Bucket="photos", Key="n", CopySource="photos/top.jpg")`),
    python(`s3.copy_object(Bucket="photos", Key="top.jpg", CopySource="photos/top.jpg")`, {
      code: 1,
      prints: "InvalidRequest",
    }),
    python(`s3.delete_object(Bucket="photos", Key="top.jpg")`),
    python(`print(s3.generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": "top.jpg"}))`, {
      presigns: 200,
    }),
  ],
};

const s3cmd: Client = {
  name: "s3cmd",
  program: "s3cmd",
  versionArgs: ["--version"],
  before: [
    "--config={folder}/s3cfg",
    "--access_key={id}",
    "--secret_key={secret}",
    "--host={host}",
    "--host-bucket={host}",
    "--no-ssl",
    "--no-progress",
  ],
  commands: [
    command("ls", { prints: B }),
    command(`ls ${B}`, { prints: `DIR  ${B}/p_1/` }),
    command(`ls -r ${B}/p_1/`, { prints: `${B}/p_1/b c+d.jpg` }),
    command(`du ${B}`, { prints: "objects" }),
    command(`info ${B}/top.jpg`, { prints: "image/jpeg" }),
    command(`put {folder}/note.txt ${B}/n/ --acl-private --storage-class=STANDARD`, { prints: "upload:" }),
    command(`put {folder}/note.txt ${B}/n/ --acl-public`, { code: 11, prints: NO_ACLS }),
    command(`put --multipart-chunk-size-mb=5 {folder}/big.bin ${B}/n/`, { prints: "upload:", live: true }),
    command(`get --force ${B}/large.bin {folder}/back.bin`, { prints: "download:" }),
    command(`cp ${B}/p_1/b%20c+d.jpg ${B}/n/copy.jpg`, { prints: "remote copy:" }),
    command(`mv ${B}/top.jpg ${B}/n/top.jpg`, { prints: "move:" }),
    command(`modify --add-header=Cache-Control:no-cache ${B}/top.jpg`, { prints: "modify:" }),
    command(`sync {folder}/up/ ${B}/up/`, { prints: "upload:", live: true }),
    command(`sync ${B}/p_1/ {folder}/down/`, { prints: "download:" }),
    command(`del ${B}/top.jpg`, { prints: "delete:" }),
    command(`del -r ${B}/p_1`, { prints: "delete:", live: true }),
    command(`signurl ${B}/top.jpg +600`, { presigns: 400 }),
  ],
};

const R = "local:photos";

const rclone: Client = {
  name: "rclone",
  program: "rclone",
  versionArgs: ["version"],
  before: ["--config={folder}/none", "--retries=1", "--low-level-retries=1"],
  env: {
    RCLONE_CONFIG_LOCAL_TYPE: "s3",
    RCLONE_CONFIG_LOCAL_PROVIDER: "Other",
    RCLONE_CONFIG_LOCAL_ACCESS_KEY_ID: "{id}",
    RCLONE_CONFIG_LOCAL_SECRET_ACCESS_KEY: "{secret}",
    RCLONE_CONFIG_LOCAL_REGION: "eu-central-1",
    RCLONE_CONFIG_LOCAL_ENDPOINT: "{url}",
  },
  commands: [
    command("lsd local:", { prints: "photos" }),
    command(`lsf ${R}`, { prints: "p_1/" }),
    command(`ls ${R}/p_1`, { prints: "b c+d.jpg", live: true }),
    command(`copyto --s3-storage-class=STANDARD {folder}/note.txt ${R}/n/note.txt`),
    command(`copyto --s3-acl=public-read {folder}/note.txt ${R}/n/note.txt`, { code: 1, prints: NO_ACLS }),
    command(`copyto --s3-upload-cutoff=5Mi --s3-chunk-size=5Mi {folder}/big.bin ${R}/n/big.bin`, { live: true }),
    command(`cat ${R}/top.jpg --offset 1 --count 1`, { prints: "o" }),
    command(`copy ${R}/p_1 {folder}/down`),
    command(`sync {folder}/up ${R}/up`, { live: true }),
    command(`copyto ${R}/p_1/b%20c+d.jpg ${R}/n/copy.jpg`),
    command(`moveto ${R}/top.jpg ${R}/n/top.jpg`),
    command(`deletefile ${R}/top.jpg`),
    command(`purge ${R}/p_1`, { live: true }),
    command("mkdir local:other", { code: 1, prints: "NotImplemented" }),
    command(`link --expire=1h ${R}/top.jpg`, { presigns: 200, live: true }),
  ],
};

export const CLIENTS: readonly Client[] = [aws, boto3, s3cmd, rclone];
