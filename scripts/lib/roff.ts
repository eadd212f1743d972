/** Text of a manual page, in the few macros of man(7) that every reader of manuals knows. Pure. */

/** Characters that roff would take for something else, or show as another one. groff_char(7) */
const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
}

/** One line that is shown as it is: no macro, no escape, no other quote. */
export function literal(text: string): string {
  const shown = Array.from(text.replace(/\s/g, ' '), (char) => SPECIAL[char] ?? inAscii(char))
  const line = shown.join('')
  // A line that begins with a dot is a request; with a space, it begins a new line of the page.
  return /^[. ]/.test(line) ? `\\&${line}` : line
}

/** Readers of manuals differ in what they take for the encoding of a page. */
function inAscii(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (code >= 0x20 && code < 0x7f) return char
  return code < 0x20 || code === 0x7f || (code >= 0xd800 && code < 0xe000)
    ? ''
    : `\\[u${code.toString(16).toUpperCase().padStart(4, '0')}]`
}

export function bold(text: string): string {
  return text === '' ? '' : `\\fB${literal(text)}\\fR`
}

export function italic(text: string): string {
  return text === '' ? '' : `\\fI${literal(text)}\\fR`
}

/** The first line of a page: its name, its section, what it belongs to. */
export function title(name: string, belongsTo: string): string {
  return `.TH "${literal(name)}" 1 "" "${literal(belongsTo)}" "User Commands"`
}

export function section(name: string): string {
  return `.SH "${literal(name)}"`
}

export function subsection(name: string): string {
  return `.SS "${literal(name)}"`
}

export function paragraphs(texts: readonly string[]): string[] {
  return texts.flatMap((text, at) => (at === 0 ? [literal(text)] : ['.PP', literal(text)]))
}

/** @param tag roff already, with its fonts */
export function tagged(tag: string, text: string): string[] {
  return ['.TP', tag, literal(text)]
}

/** Lines that are neither filled nor broken. */
export function asTyped(lines: readonly string[]): string[] {
  return ['.RS 4', '.nf', ...lines.map(literal), '.fi', '.RE']
}
