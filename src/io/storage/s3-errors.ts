import { MaskwrightError } from '../../errors.js';

/** What a request was for; decides about the exit code. */
export type Access = 'read' | 'write';

interface ServiceError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly errors?: readonly Error[];
}

/** The HTTP status of an answer that is an error; undefined where there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return (error as ServiceError).$metadata?.httpStatusCode;
}

/** What every request would meet, by the names that S3 and its clients use. */
const COMMON: readonly (readonly [names: RegExp, what: string, hint: string])[] = [
  [
    /^(ExpiredToken(Exception)?|TokenRefreshRequired|RequestExpired)$/,
    'the credentials have expired',
    'log in again, for example: aws sso login',
  ],
  [
    /^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|AuthFailure|UnrecognizedClientException)$/,
    'the credentials are not accepted',
    'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or AWS_PROFILE',
  ],
  [
    /^(CredentialsProviderError|TokenProviderError)$/,
    'no credentials were found',
    'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, as for the AWS tools',
  ],
  [
    /^(RequestTimeTooSkewed|RequestInTheFuture)$/,
    'the clock of this machine is wrong by more than 15 minutes',
    'set the clock, for example by NTP',
  ],
  [
    /^(XMinioStorageFull|QuotaExceeded|InsufficientStorage|InsufficientCapacity)$/,
    'the service has no space left',
    'free space there, or raise the quota',
  ],
  [/^NoSuchBucket$/, 'the bucket does not exist', 'check its name, the account and AWS_ENDPOINT_URL'],
  [
    /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/,
    'the bucket is in another region',
    'set AWS_REGION to the region of the bucket',
  ],
];

/** Node's and the client's names for a service that does not answer. */
const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|TimeoutError|EPIPE|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** An error of S3 as one line about the object that was asked for. */
export function describeS3Error(error: unknown, uri: string, access: Access): MaskwrightError {
  if (error instanceof MaskwrightError) {
    return error;
  }
  const { name, code, message, errors = [] } = error as ServiceError;
  const verb = access === 'read' ? 'read' : 'written';
  const failure = access === 'read' ? 'STORAGE_READ' : 'STORAGE_WRITE';
  const fail = (what: string, hint: string): MaskwrightError =>
    new MaskwrightError(failure, `${uri} cannot be ${verb}: ${what}`, { hint, cause: error });
  const common = COMMON.find(([names]) => names.test(name));
  if (common !== undefined) {
    return fail(common[1], common[2]);
  }
  const reasons = [name, code ?? '', ...errors.map((inner) => (inner as ServiceError).code ?? inner.name)];
  if (reasons.some((reason) => UNREACHABLE.test(reason))) {
    return fail(
      `S3 cannot be reached (${reasons.find((reason) => UNREACHABLE.test(reason))})`,
      'check the network, AWS_REGION and AWS_ENDPOINT_URL',
    );
  }
  if (/region is missing/i.test(message)) {
    return fail('no region is set', 'set AWS_REGION, for example to us-east-1');
  }
  const status = statusOf(error);
  // Where there is no XML in an answer, it has no name.
  const answer =
    status === undefined ? name : /^(Unknown|Error|\d+)$/.test(name) ? `HTTP ${status}` : `${name} (${status})`;
  if (status === 404) {
    return access === 'read'
      ? new MaskwrightError('INPUT_NOT_FOUND', `${uri} does not exist`, {
          hint: 'check the spelling; aws s3 ls shows what is there',
          cause: error,
        })
      : fail('the bucket does not exist', 'check its name, the account and AWS_ENDPOINT_URL');
  }
  if (status !== undefined && status >= 500) {
    return fail(`the service fails with ${answer}`, 'try again later; --resume goes on from there');
  }
  if (status === 403) {
    const action = access === 'read' ? 's3:GetObject and s3:ListBucket' : 's3:PutObject';
    return new MaskwrightError(
      access === 'read' ? 'INPUT_UNREADABLE' : failure,
      `${uri} cannot be ${verb}: access is denied`,
      { hint: `the credentials need ${action} for it`, cause: error },
    );
  }
  if (name === 'InvalidObjectState') {
    return new MaskwrightError('INPUT_UNREADABLE', `${uri} is archived`, {
      hint: 'restore the object first',
      cause: error,
    });
  }
  return new MaskwrightError(
    access === 'read' ? 'INPUT_UNREADABLE' : 'OUTPUT_UNWRITABLE',
    `${uri} cannot be ${verb}: ${answer}`,
    { hint: 'try again; --resume goes on from there', cause: error },
  );
}
