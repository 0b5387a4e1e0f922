/** Plain data as YAML: text is quoted as JSON does it, which YAML 1.2 contains. */
export function stringify(data: unknown): string {
  return `${lines(data).join('\n')}\n`;
}

function lines(data: unknown): string[] {
  if (Array.isArray(data)) {
    return data.flatMap((item) => indent(lines(item), '- '));
  }
  if (typeof data === 'object' && data !== null) {
    return Object.entries(data)
      .filter(([, value]) => value !== undefined)
      .flatMap(([key, value]) => {
        const isNested = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
        return isNested ? [`${key}:`, ...lines(value).map((line) => `  ${line}`)] : [`${key}: ${scalar(value)}`];
      });
  }
  return [scalar(data)];
}

function scalar(value: unknown): string {
  if (
    typeof value === 'string' &&
    /^[A-Za-z][\w./-]*$/.test(value) &&
    !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value)
  ) {
    return value;
  }
  return JSON.stringify(value);
}

function indent([first, ...rest]: readonly string[], marker: string): string[] {
  return [`${marker}${first ?? '{}'}`, ...rest.map((line) => `${' '.repeat(marker.length)}${line}`)];
}
