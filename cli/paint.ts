import { styleText } from 'node:util';
import type { colorChoices } from './common-options.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export type Paint = (style: Style, text: string) => string;

/** Colours for a terminal, plain where the stream is none or NO_COLOR says so; or as it was asked for. */
export function createPaint(
  stream: NodeJS.WritableStream,
  color: (typeof colorChoices)[number] = 'auto',
): Paint {
  if (color === 'never') return (_style, text) => text;
  const options = color === 'always' ? { validateStream: false } : { stream };
  return (style, text) => styleText(style, text, options);
}
