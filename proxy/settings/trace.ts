import { SettingsError } from './settings-error.ts';

const placeholder = '{traceId}';

/** `https://tracing.example/trace/{traceId}`: where a request's trace is looked at. */
export function readTraceUrl(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const url = URL.parse(text.replaceAll(placeholder, '0'));
  const isWeb = url !== null && /^https?:$/.test(url.protocol);
  const isInHost = text.slice(0, text.indexOf('/', 'https://'.length)).includes(placeholder);
  if (!isWeb || !text.includes(placeholder) || isInHost || url.username !== '' || url.password !== '') {
    throw new SettingsError(
      `FICUS_TRACE_URL must be an http: or https: URL with ${placeholder} in its path or query and without a ` +
        'password, such as https://tracing.example/trace/{traceId}',
    );
  }
  return text;
}
