/** Tells the tour, and keeps count of what did not happen. */
export class Narrator {
  readonly #colour: boolean;
  #step = 0;
  readonly missed: string[] = [];

  constructor(colour: boolean) {
    this.#colour = colour;
  }

  step(title: string): void {
    this.#step++;
    console.log(`\n${this.#paint('1', `${this.#step}. ${title}`)}`);
  }

  say(text: string): void {
    console.log(indent(text));
  }

  /** A command and what it printed. */
  command(args: readonly string[], output: string): void {
    console.log(`   ${this.#paint('36', `$ ficus ${args.map(quote).join(' ')}`)}`);
    console.log(indent(output, '     '));
  }

  /** States a fact that must hold. */
  check(holds: boolean, text: string): void {
    console.log(`   ${holds ? this.#paint('32', '✓') : this.#paint('31', '✗')} ${text}`);
    if (!holds) this.missed.push(`step ${this.#step}: ${text}`);
  }

  #paint(code: string, text: string): string {
    return this.#colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

function indent(text: string, by = '   '): string {
  return text
    .split('\n')
    .map((line) => by + line)
    .join('\n');
}

function quote(word: string): string {
  return /^[\w./:%=-]+$/.test(word) ? word : `'${word}'`;
}
