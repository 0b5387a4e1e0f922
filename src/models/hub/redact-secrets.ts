/** Environment variables whose value is a secret, and those whose URL may contain one. */
const SECRETS = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'];
const URLS = ['HF_ENDPOINT', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
const MASK = '***';
const MIN_SECRET = 4;

/** Secrets that were read elsewhere than from the environment. */
const known = new Set<string>();

export function rememberSecret(secret: string): void {
  known.add(secret);
}

/**
 * A text that may be printed: tokens, passwords in URLs, and the query of signed URLs are replaced. Servers repeat what
 * they were sent, and libraries name the address that they failed on.
 */
export function redactSecrets(text: string): string {
  const secrets = [...known, ...SECRETS.map((name) => process.env[name] ?? ''), ...URLS.flatMap(passwordsIn)];
  const redacted = text
    .replace(/\b([a-z][a-z\d+.-]*:\/\/)[^\s/@"'<>]+@/gi, `$1${MASK}@`)
    .replace(/\b(https?:\/\/[^\s?#"'<>]+)\?[^\s"'<>]*/gi, `$1?${MASK}`)
    .replace(/\bhf_[A-Za-z\d]{8,}/g, MASK)
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${MASK}`);
  return secrets
    .filter((secret) => secret.length >= MIN_SECRET)
    .sort((a, b) => b.length - a.length)
    .reduce((result, secret) => result.replaceAll(secret, MASK), redacted);
}

function passwordsIn(name: string): string[] {
  const value = process.env[name];
  if (value === undefined || !URL.canParse(value)) {
    return [];
  }
  const { password } = new URL(value);
  return [password, safeDecode(password)];
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
